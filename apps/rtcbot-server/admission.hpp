#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/token_bucket.hpp"

namespace rtcbot::app {

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

  /// One token of the front entry's.
  [[nodiscard]] std::optional<std::chrono::seconds> take(Timestamp now);

  Config config_;
  Entries entries_;  ///< Who asked last stands in front.
  std::unordered_map<std::string, Entries::iterator> by_address_;
};

}  // namespace rtcbot::app
