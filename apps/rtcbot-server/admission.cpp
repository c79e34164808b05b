#include "rtcbot-server/admission.hpp"

#include <algorithm>
#include <cmath>

namespace rtcbot::app {

bool is_same_origin(std::string_view origin, std::string_view host, std::string_view allowed, bool is_secure) {
  if (origin.empty() || allowed == "*" || origin == allowed) return true;
  const auto scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;  // "null": a sandboxed frame or a file
  // Not the other way round: a proxy may speak TLS without our knowing.
  if (is_secure && origin.substr(0, scheme_end) != "https") return false;
  return origin.substr(scheme_end + 3) == host;
}

std::optional<std::chrono::seconds> TokenBucket::take(Timestamp now) {
  const double elapsed = std::chrono::duration<double>(now - filled_at_).count();
  tokens_ = std::min(rate_.burst, tokens_ + elapsed * rate_.per_second);
  filled_at_ = now;
  if (tokens_ >= 1) {
    tokens_ -= 1;
    return std::nullopt;
  }
  return std::chrono::seconds(static_cast<int>(std::ceil((1 - tokens_) / rate_.per_second)));
}

std::optional<std::chrono::seconds> RateLimiter::check(Timestamp now, const std::string& address) {
  const auto found = by_address_.find(address);
  if (found != by_address_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return entries_.front().bucket.take(now);
  }
  if (entries_.size() >= config_.max_addresses) {
    by_address_.erase(entries_.back().address);
    entries_.pop_back();
  }
  entries_.push_front({address, TokenBucket({config_.per_second, config_.burst}, now)});
  by_address_.emplace(address, entries_.begin());
  return entries_.front().bucket.take(now);
}

}  // namespace rtcbot::app
