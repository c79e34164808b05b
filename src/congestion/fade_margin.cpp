#include "rtcbot/congestion/fade_margin.hpp"

#include <algorithm>

#include "seconds.hpp"

namespace rtcbot::congestion {

namespace {

/// Above any camera encoder's rate.
constexpr DataRate kNoLimit = DataRate::kilobits_per_second(100'000);
/// Up to this factor the remembered rate of a slow link follows it upwards.
constexpr double kStillSlow = 1.3;

}  // namespace

void FadeMargin::on_report(Duration elapsed, DataRate delivered, bool busy) {
  const bool knows = lowest_ > DataRate();
  if (busy && (!knows || delivered < lowest_)) {
    lowest_ = std::max(delivered, DataRate::kilobits_per_second(1));
    fades_ = delivered < usual_ * config_.depth;
  } else if (busy && !fades_ && delivered < lowest_ * kStillSlow) {
    lowest_ = delivered;
  } else if (knows && (fades_ || !busy)) {
    lowest_ = lowest_ * (1 + seconds(elapsed) * (fades_ ? config_.forgetting : config_.forgetting_slow));
  }
  lowest_ = std::min(lowest_, kNoLimit);
  const double share = std::min(1.0, seconds(elapsed) / seconds(config_.usual_over));
  usual_ = DataRate::bits_per_second((usual_ * (1 - share)).bits_per_second() + (delivered * share).bits_per_second());
}

DataRate FadeMargin::limit(double frame_rate) const {
  if (lowest_ == DataRate()) return kNoLimit;
  return std::clamp(lowest_ * (seconds(config_.longest_frame) * frame_rate), config_.least, kNoLimit);
}

}  // namespace rtcbot::congestion
