#include "rtcbot/safety/page_clock.hpp"

#include <algorithm>
#include <cmath>

namespace rtcbot::safety {
namespace {

/// Two ticks. Browsers round clocks to 0.1 ms, some to 1 ms, against cache timing attacks.
constexpr double kTick = 2;
/// Older statuses are ignored, which bounds the numbers in the computation.
constexpr double kOldestStatusMs = 60'000;

}  // namespace

double PageClock::error_of(const Sample& sample, Timestamp now) {
  const std::chrono::duration<double, std::milli> since = now - sample.at;
  return sample.error_ms + kDrift * std::max(since.count(), 0.0);
}

bool PageClock::on_exchange(Timestamp now, const Exchange& exchange) {
  const double robot_ms = milliseconds_of(now);
  const double way_ms = (robot_ms - exchange.heard_ms) - exchange.held_ms;
  // Written so that NaN fails.
  if (!(way_ms >= -kTick && robot_ms - exchange.heard_ms <= kOldestStatusMs)) return false;
  const double arrived_ms = exchange.page_ms - exchange.held_ms;
  const Sample sample{.offset_ms = ((arrived_ms - exchange.heard_ms) + (exchange.page_ms - robot_ms)) / 2,
                      .error_ms = std::max(way_ms, 0.0) / 2 + kTick,
                      .at = now};
  if (best_) {
    const double apart = std::abs(sample.offset_ms - best_->offset_ms);
    if (apart > sample.error_ms + error_of(*best_, now)) {
      ++steps_;
      best_ = sample;
      return true;
    }
  }
  if (!best_ || sample.error_ms <= error_of(*best_, now)) best_ = sample;
  return true;
}

std::optional<double> PageClock::age_ms(Timestamp now, double page_ms) const {
  if (!best_) return std::nullopt;
  return std::max(milliseconds_of(now) - (page_ms - best_->offset_ms), 0.0);
}

std::optional<double> PageClock::uncertainty_ms(Timestamp now) const {
  if (!best_) return std::nullopt;
  return error_of(*best_, now);
}

}  // namespace rtcbot::safety
