#pragma once

#include "rtcbot/base/time.hpp"

namespace rtcbot::congestion {

/// Number of repair packets as a share of a frame's packets: 0 ... 0.5.
struct Protection {
  double delta_frames = 0;
  double key_frames = 0;  ///< Higher, because other frames depend on them.
};

/// Decides how lost packets are repaired. A retransmission costs only a round trip: if that is short, the packet
/// arrives within one or two frames, so no repair packets are sent. If it is long, the picture would freeze for that
/// time, so repair packets are sent along (FlexFEC, RFC 8627), in proportion to the loss. On a clean path there are
/// none.
///
/// @param loss share of lost packets, 0 ... 1.  @param round_trip with queueing.  Pure.
[[nodiscard]] Protection protection_for(double loss, Duration round_trip);

}  // namespace rtcbot::congestion
