#pragma once

#include <cstddef>
#include <optional>

#include "name_lookup.hpp"
#include "rtcbot/base/time.hpp"

namespace rtcbot::net {

/// Sorts addresses for connection attempts: alternates the address families, starting with that of the first address,
/// so that a family without connectivity costs one attempt's delay only. At most 16, each once. Pure.
[[nodiscard]] Endpoints interleaved(const Endpoints& found);

/// Decides when to try each of several addresses, so that an unreachable one does not delay the others ("happy
/// eyeballs"). An attempt starts when the previous one has failed or its delay has passed; the first connection is
/// used. Pure: time is passed in; not thread-safe.  Source: RFC 8305 section 5.
class AddressRace {
 public:
  /// RFC 8305 section 8 recommends 250 ms.
  static constexpr Duration kDelay = std::chrono::milliseconds(250);

  explicit AddressRace(std::size_t addresses) : addresses_(addresses) {}

  /// Returns an address to try now, in addition to the running attempts; call until it returns nothing.
  [[nodiscard]] std::optional<std::size_t> next(Timestamp now);
  /// One attempt has failed.
  void failed(Timestamp now);
  /// When `next` returns another address without further events; `kNever` if it does not.
  [[nodiscard]] Timestamp next_at() const { return started_ < addresses_ ? due_ : kNever; }
  /// True if all attempts have failed.
  [[nodiscard]] bool is_lost() const { return failed_ == addresses_; }

 private:
  std::size_t addresses_;
  std::size_t started_ = 0;
  std::size_t failed_ = 0;
  Timestamp due_ = Timestamp::min();
};

}  // namespace rtcbot::net
