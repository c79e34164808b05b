#pragma once

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/token_bucket.hpp"

namespace rtcbot::server {

/// Limits the requests of each address: a token bucket for each, and a bounded number of buckets. Pure; not
/// thread-safe.
class RateLimiter {
 public:
  struct Config {
    double per_second = 5;               ///< Sustained rate of one address.
    double burst = 20;                   ///< Burst of one address.
    std::size_t max_addresses = 10'000;  ///< Beyond it the least recently seen one is forgotten.
  };
  explicit RateLimiter(Config config) : config_(config) {}

  /// Nothing: allowed, and counted. Otherwise: the time to wait.  O(1).
  [[nodiscard]] std::optional<std::chrono::seconds> check(Timestamp now, const std::string& address);

 private:
  struct Entry {
    std::string address;
    TokenBucket bucket;
  };
  using Entries = std::list<Entry>;

  /// Takes one token of the front entry.
  [[nodiscard]] std::optional<std::chrono::seconds> take(Timestamp now);

  Config config_;
  Entries entries_;  ///< The most recent address is in front.
  std::unordered_map<std::string, Entries::iterator> by_address_;
};

}  // namespace rtcbot::server
