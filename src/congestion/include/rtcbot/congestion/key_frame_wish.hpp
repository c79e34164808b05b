#pragma once

#include <chrono>
#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot::congestion {

/// What one viewer of a shared encoder asks for, and when it gets it: a key frame goes to everybody, and everybody pays
/// for it with about three frames' worth of bits.
///
/// Requests that meet before the next picture count as one; one that comes too soon waits. The viewer whose link the
/// encoder follows gets at most one key frame in 100 ms. Another's requests make at most one in 2.5 s, whoever caused
/// the last one. While its chain breaks again within a second after each, they get rarer: its link is too small, and no
/// key frame changes that. But of one who has just joined it may only not be known yet what the link carries, and a few
/// key frames show it: it waits half a second at first, then twice as long each time, up to 5 s. The first one of all,
/// for who joins, is not asked for here.
///
/// Pure: no clock, no I/O. Not thread-safe; distinct objects are independent.
/// @pre of all functions: `now` is not before any earlier `now` given to this object.
class KeyFrameWish {
 public:
  static constexpr Duration kLeadersGap = std::chrono::milliseconds(100);
  static constexpr Duration kLeastGap = std::chrono::milliseconds(2'500);
  static constexpr Duration kMostGap = std::chrono::milliseconds(5'000);
  static constexpr Duration kFirstGap = std::chrono::milliseconds(500);
  static constexpr Duration kSoon = std::chrono::milliseconds(1'000);
  /// A request that comes so soon after a key frame was sent before it could be seen: it says nothing of what broke.
  static constexpr Duration kOnItsWay = std::chrono::milliseconds(300);

  /// @param broken_at since when the viewer can decode nothing; empty: only now known
  void request(Timestamp now, bool leads, std::optional<Timestamp> broken_at = {});
  /// Whether the picture that is encoded now shall be a key frame because of this viewer.
  [[nodiscard]] bool due(Timestamp now, bool leads) const;
  /// It is one, for whatever reason.
  void made(Timestamp now);

 private:
  bool wanted_ = false;
  bool judged_ = true;  ///< What became of the last key frame is known.
  std::optional<Timestamp> made_at_;
  Duration gap_ = kFirstGap / 2;  ///< Doubled before its first use.
};

}  // namespace rtcbot::congestion
