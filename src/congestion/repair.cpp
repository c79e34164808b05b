#include "rtcbot/congestion/repair.hpp"

#include <algorithm>
#include <chrono>

namespace rtcbot::congestion {

namespace {

using std::chrono::milliseconds;

/// Up to here a retransmission is there within two frames' time.
constexpr Duration kNear = milliseconds(70);
/// From here on the receiver would stand still for a visible time, and repair in advance is worth its full price.
constexpr Duration kFar = milliseconds(150);
/// A packet in two hundred: below it the price of repair is above that of the rare wait.
constexpr double kClean = 0.005;
/// Repair packets per lost packet: bursts take several out of one frame.
constexpr double kPerLoss = 3.0;
constexpr double kMost = 0.5;

}  // namespace

Protection protection_for(double loss, Duration round_trip) {
  if (loss < kClean || round_trip <= kNear) return {};
  const double distance =
      std::min(1.0, static_cast<double>((round_trip - kNear).count()) / static_cast<double>((kFar - kNear).count()));
  const double wanted = distance * (kPerLoss * loss + 0.02);
  return {.delta_frames = std::min(wanted, kMost), .key_frames = std::min(wanted * 1.5, kMost)};
}

}  // namespace rtcbot::congestion
