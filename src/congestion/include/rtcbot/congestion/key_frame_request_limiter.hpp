#pragma once

#include <chrono>
#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot::congestion {

/// Limits the rate of one viewer's key frame requests to a shared encoder. A key frame goes to all viewers and costs
/// each about three frames' worth of bits.
///
/// Requests before the next picture count as one; an early request waits. The viewer whose link the encoder follows
/// gets at most one key frame in 100 ms. Requests of other viewers cause at most one in 2.5 s after any key frame. If a
/// viewer's chain breaks again within a second after each key frame, the interval doubles up to 5 s: its link is too
/// small, and a key frame does not help. For a new viewer the estimate may only be unknown yet, and a few key frames
/// reveal it, so its interval starts at half a second. A new viewer's first key frame is not requested here.
class KeyFrameRequestLimiter {
 public:
  static constexpr Duration kLeadersGap = std::chrono::milliseconds(100);
  static constexpr Duration kMinGap = std::chrono::milliseconds(2'500);
  static constexpr Duration kMaxGap = std::chrono::milliseconds(5'000);
  static constexpr Duration kFirstGap = std::chrono::milliseconds(500);
  static constexpr Duration kSoon = std::chrono::milliseconds(1'000);
  /// A request within this time after a key frame was sent before that key frame arrived: it does not tell whether the
  /// chain broke again.
  static constexpr Duration kOnItsWay = std::chrono::milliseconds(300);

  /// @param broken_at since when the viewer cannot decode; empty: since now
  void request(Timestamp now, bool leads, std::optional<Timestamp> broken_at = {});
  /// Returns true if the next picture shall be a key frame because of this viewer.
  [[nodiscard]] bool due(Timestamp now, bool leads) const;
  /// A key frame was made, for any reason.
  void made(Timestamp now);

 private:
  bool wanted_ = false;
  bool judged_ = true;  ///< The result of the last key frame is known.
  std::optional<Timestamp> made_at_;
  Duration gap_ = kFirstGap / 2;  ///< Doubled before its first use.
};

}  // namespace rtcbot::congestion
