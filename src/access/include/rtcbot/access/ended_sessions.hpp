#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "rtcbot/access/credential.hpp"

namespace rtcbot::access {

/// The sessions whose user signed out, each until its credential expires. A session that is not in here may still be
/// invalid for another reason.
///
/// Pure; not thread-safe. Bounded: beyond `max` the session that would expire first is forgotten.
class EndedSessions {
 public:
  explicit EndedSessions(std::size_t max = 10'000) : max_(max) {}

  /// Returns false if the session is in here already, or its credential has expired.
  bool add(std::string session, UnixTime until, UnixTime now);
  [[nodiscard]] bool contains(std::string_view session) const { return until_.contains(session); }
  [[nodiscard]] std::size_t size() const { return until_.size(); }

 private:
  void erase_first();

  std::size_t max_;
  std::map<std::string, UnixTime, std::less<>> until_;
  std::set<std::pair<UnixTime, std::string>> by_time_;
};

}  // namespace rtcbot::access
