#include "rtcbot/congestion/repair.hpp"

#include <algorithm>
#include <chrono>

namespace rtcbot::congestion {

namespace {

using std::chrono::milliseconds;

/// Up to this round trip a retransmission arrives within two frames.
constexpr Duration kNear = milliseconds(70);
/// From this round trip on a retransmission would cause a visible freeze, so repair packets are worth their full cost.
constexpr Duration kFar = milliseconds(150);
/// One packet in two hundred: below it repair costs more than the rare wait.
constexpr double kClean = 0.005;
/// Repair packets per lost packet: a burst removes several packets of one frame.
constexpr double kPerLoss = 3.0;
constexpr double kMax = 0.5;

}  // namespace

Protection protection_for(double loss, Duration round_trip) {
  if (loss < kClean || round_trip <= kNear) return {};
  const double distance =
      std::min(1.0, static_cast<double>((round_trip - kNear).count()) / static_cast<double>((kFar - kNear).count()));
  const double wanted = distance * (kPerLoss * loss + 0.02);
  return {.delta_frames = std::min(wanted, kMax), .key_frames = std::min(wanted * 1.5, kMax)};
}

}  // namespace rtcbot::congestion
