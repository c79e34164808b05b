#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "rtcbot/base/time.hpp"

namespace rtcbot::app {

/// Whether a request comes from a page of this server, or from no page at all (a robot, a script).
///
/// A browser sends Origin with every cross-site POST and every WebSocket (RFC 6454, Fetch standard); a page elsewhere
/// must not be able to make its visitor's browser talk to a robot. `allowed` is one further origin, "*" all of them.
/// `is_secure`: the request came by TLS, and a page that came without may have been written by anybody on the way.
[[nodiscard]] bool is_same_origin(std::string_view origin, std::string_view host, std::string_view allowed,
                                  bool is_secure);

/// Fills at a steady rate, and pays for one thing at a time. Pure; not thread-safe.
class TokenBucket {
 public:
  struct Rate {
    double per_second = 5;  ///< What may be done for ever.
    double burst = 20;      ///< What may be done at once.
  };
  TokenBucket(Rate rate, Timestamp now) : rate_(rate), tokens_(rate.burst), filled_at_(now) {}

  /// Nothing: allowed, and counted. Otherwise: how long to wait.
  [[nodiscard]] std::optional<std::chrono::seconds> take(Timestamp now);

 private:
  Rate rate_;
  double tokens_;
  Timestamp filled_at_;
};

/// How often one address may ask: a token bucket each, and a bounded number of buckets. Pure; not thread-safe.
class RateLimiter {
 public:
  struct Config {
    double per_second = 5;               ///< What one address may do for ever.
    double burst = 20;                   ///< What it may do at once.
    std::size_t max_addresses = 10'000;  ///< More: the longest silent is forgotten.
  };
  explicit RateLimiter(Config config) : config_(config) {}

  /// Nothing: allowed, and counted. Otherwise: how long to wait.  O(1).
  [[nodiscard]] std::optional<std::chrono::seconds> check(Timestamp now, const std::string& address);

 private:
  struct Entry {
    std::string address;
    TokenBucket bucket;
  };
  using Entries = std::list<Entry>;

  Config config_;
  Entries entries_;  ///< Who asked last stands in front.
  std::unordered_map<std::string, Entries::iterator> by_address_;
};

}  // namespace rtcbot::app
