#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/base/time.hpp"

namespace rtcbot::app {

/// Whether a request comes from a page of this server, or from no page at all (a robot, a script).
///
/// A browser sends Origin with every cross-site POST and every WebSocket (RFC 6454, Fetch standard); a page elsewhere
/// must not be able to make its visitor's browser talk to a robot. `allowed` is one further origin, "*" all of them.
[[nodiscard]] bool is_same_origin(std::string_view origin, std::string_view host, std::string_view allowed);

/// Whether `header` is "Bearer TOKEN". The time it takes tells nothing about the token's content.
[[nodiscard]] bool has_bearer_token(std::string_view header, std::string_view token);

/// How often one address may ask: a token bucket each, and a bounded number of buckets. Pure; not thread-safe.
class RateLimiter {
 public:
  struct Config {
    double per_second = 5;               ///< What one address may do for ever.
    double burst = 20;                   ///< What it may do at once.
    std::size_t max_addresses = 10'000;  ///< More: the longest silent is forgotten.
  };
  explicit RateLimiter(Config config) : config_(config) {}

  /// Nothing: allowed, and counted. Otherwise: how long to wait.
  [[nodiscard]] std::optional<std::chrono::seconds> check(Timestamp now, const std::string& address);

 private:
  struct Bucket {
    double tokens;
    Timestamp filled_at;
  };
  void forget_one();

  Config config_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace rtcbot::app
