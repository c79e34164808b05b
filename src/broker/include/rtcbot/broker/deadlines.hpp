#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "rtcbot/base/time.hpp"

namespace rtcbot::broker {

/// A set of deadlines, at most one for each id. All operations are logarithmic in the number of ids. Not thread-safe.
template <class Id>
class Deadlines {
 public:
  /// Replaces an earlier deadline of the same id.
  void set(Id id, Timestamp at) {
    erase(id);
    by_id_.emplace(id, at);
    by_time_.emplace(at, id);
  }

  /// Harmless if there is no such deadline.
  void erase(Id id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return;
    by_time_.erase({found->second, id});
    by_id_.erase(found);
  }

  /// The earliest deadline; `kNever` if there is none.
  [[nodiscard]] Timestamp next() const { return by_time_.empty() ? kNever : by_time_.begin()->first; }

  /// Removes and returns one id whose deadline has passed; the earliest first.
  [[nodiscard]] std::optional<Id> take_due(Timestamp now) {
    if (next() > now || by_time_.empty()) return std::nullopt;
    const Id id = by_time_.begin()->second;
    erase(id);
    return id;
  }

 private:
  std::unordered_map<Id, Timestamp> by_id_;
  std::set<std::pair<Timestamp, Id>> by_time_;
};

}  // namespace rtcbot::broker
