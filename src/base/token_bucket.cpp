#include "rtcbot/base/token_bucket.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace rtcbot {

double TokenBucket::tokens_at(Timestamp now) const {
  const std::chrono::duration<double> since = now - filled_at_.value_or(now);
  return std::min(tokens_ + std::max(since.count(), 0.0) * rate_.per_second, rate_.burst);
}

bool TokenBucket::take(Timestamp now) {
  tokens_ = tokens_at(now);
  filled_at_ = std::max(filled_at_.value_or(now), now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

Duration TokenBucket::wait() const {
  if (tokens_ >= 1) return Duration::zero();
  return Duration(static_cast<Duration::rep>(std::ceil((1 - tokens_) / rate_.per_second * 1e6)));
}

bool TokenBucket::is_full(Timestamp now) const { return tokens_at(now) >= rate_.burst; }

}  // namespace rtcbot
