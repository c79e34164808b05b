#include "rtcbot-server/admission.hpp"

#include <algorithm>
#include <cmath>

namespace rtcbot::app {

bool is_same_origin(std::string_view origin, std::string_view host, std::string_view allowed) {
  if (origin.empty() || allowed == "*" || origin == allowed) return true;
  const auto scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos) return false;  // "null": a sandboxed frame or a file
  return origin.substr(scheme_end + 3) == host;
}

bool has_bearer_token(std::string_view header, std::string_view token) {
  constexpr std::string_view kPrefix = "Bearer ";
  if (!header.starts_with(kPrefix)) return false;
  header.remove_prefix(kPrefix.size());
  // Every byte of what was sent is looked at, whatever came before it.
  unsigned difference = header.size() == token.size() ? 0 : 1;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const char expected = token.empty() ? '\0' : token[i % token.size()];
    difference |= static_cast<unsigned>(header[i] ^ expected);
  }
  return difference == 0;
}

std::optional<std::chrono::seconds> RateLimiter::check(Timestamp now, const std::string& address) {
  auto found = buckets_.find(address);
  if (found == buckets_.end()) {
    if (buckets_.size() >= config_.max_addresses) forget_one();
    found = buckets_.emplace(address, Bucket{config_.burst, now}).first;
  }
  auto& bucket = found->second;
  const double elapsed = std::chrono::duration<double>(now - bucket.filled_at).count();
  bucket.tokens = std::min(config_.burst, bucket.tokens + elapsed * config_.per_second);
  bucket.filled_at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return std::nullopt;
  }
  return std::chrono::seconds(static_cast<int>(std::ceil((1 - bucket.tokens) / config_.per_second)));
}

void RateLimiter::forget_one() {
  const auto oldest = std::min_element(buckets_.begin(), buckets_.end(), [](const auto& a, const auto& b) {
    return a.second.filled_at < b.second.filled_at;
  });
  buckets_.erase(oldest);
}

}  // namespace rtcbot::app
