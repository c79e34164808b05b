#include "rtcbot/safety/speed.hpp"

#include <algorithm>

namespace rtcbot::safety {

double SpeedByLatency::share_for(double latency_ms) const {
  const auto full = static_cast<double>(config_.full_until.count());
  const auto least = static_cast<double>(config_.min_from.count());
  if (latency_ms <= full) return 1;
  if (!(latency_ms < least)) return config_.least;
  return 1 - (1 - config_.least) * (latency_ms - full) / (least - full);
}

double SpeedByLatency::update(Timestamp now, double latency_ms) {
  const double wanted = share_for(latency_ms);
  if (share_ < 0) {
    share_ = wanted;
  } else {
    const std::chrono::duration<double> since = now - at_;
    share_ = std::min(wanted, share_ + config_.rise_per_second * std::max(since.count(), 0.0));
  }
  at_ = now;
  return share_;
}

}  // namespace rtcbot::safety
