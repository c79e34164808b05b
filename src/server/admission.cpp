#include "admission.hpp"

namespace rtcbot::server {

std::optional<std::chrono::seconds> RateLimiter::check(Timestamp now, const std::string& address) {
  const auto found = by_address_.find(address);
  if (found != by_address_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return take(now);
  }
  if (entries_.size() >= config_.max_addresses) {
    by_address_.erase(entries_.back().address);
    entries_.pop_back();
  }
  entries_.push_front({address, TokenBucket({config_.per_second, config_.burst})});
  by_address_.emplace(address, entries_.begin());
  return take(now);
}

std::optional<std::chrono::seconds> RateLimiter::take(Timestamp now) {
  TokenBucket& bucket = entries_.front().bucket;
  if (bucket.take(now)) return std::nullopt;
  return std::chrono::ceil<std::chrono::seconds>(bucket.wait());
}

}  // namespace rtcbot::server
