#pragma once

#include "rtcbot/base/time.hpp"

namespace rtcbot::congestion {

/// How many repair packets go along with the packets of a frame, as a share of these: 0 ... 0.5.
struct Protection {
  double delta_frames = 0;
  double key_frames = 0;  ///< Others depend on them, so they are worth more.
};

/// What lost packets are repaired with. A retransmission costs nothing but a round trip: near the other side it comes
/// within a frame or two, so nothing is sent in advance. Far from it the picture would stand still for that long, so
/// repair packets go along (FlexFEC, RFC 8627), as many as the losses ask for. On a clean path there are none.
///
/// @param loss share of the packets that are lost, 0 ... 1.  @param round_trip with queues.  Pure.
[[nodiscard]] Protection protection_for(double loss, Duration round_trip);

}  // namespace rtcbot::congestion
