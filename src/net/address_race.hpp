#pragma once

#include <cstddef>
#include <optional>

#include "name_lookup.hpp"
#include "rtcbot/base/time.hpp"

namespace rtcbot::net {

/// Addresses in the order in which they are tried: families in turn, beginning with that of the first, so that one
/// family that leads nowhere costs one attempt's delay. At most 16, each once. Pure.
/// Source: RFC 8305 section 4.
[[nodiscard]] Endpoints interleaved(const Endpoints& found);

/// When which of several addresses is tried, so that a dead one does not hold up the others ("happy eyeballs"): each
/// begins when the one before has failed, or has had its delay; whichever connects first is used. Pure: told the time;
/// not thread-safe.  Source: RFC 8305 section 5.
class AddressRace {
 public:
  /// RFC 8305 section 8 recommends 250 ms.
  static constexpr Duration kDelay = std::chrono::milliseconds(250);

  explicit AddressRace(std::size_t addresses) : addresses_(addresses) {}

  /// The address to try now, besides those that are being tried; repeat until there is none.
  [[nodiscard]] std::optional<std::size_t> next(Timestamp now);
  /// One of them has failed.
  void failed(Timestamp now);
  /// When `next` will have one without anything happening; `kNever` when it will not.
  [[nodiscard]] Timestamp next_at() const { return started_ < addresses_ ? due_ : kNever; }
  /// All have failed.
  [[nodiscard]] bool is_lost() const { return failed_ == addresses_; }

 private:
  std::size_t addresses_;
  std::size_t started_ = 0;
  std::size_t failed_ = 0;
  Timestamp due_ = Timestamp::min();
};

}  // namespace rtcbot::net
