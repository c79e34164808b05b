#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

#include "rtcbot/base/time.hpp"

namespace rtcbot {

/// Time to wait before the next attempt: exponential back-off, with full jitter where many clients lose one server
/// together and must not return together.
///
/// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. Pure; not thread-safe.
class Backoff {
 public:
  enum class Jitter {
    full,  ///< Each wait is random, from `shortest` to its upper limit.
    none,  ///< Each wait is its upper limit.
  };
  struct Config {
    std::chrono::milliseconds first{250};  ///< Upper limit of the first wait; doubled for each further one.
    std::chrono::milliseconds longest{8'000};
    std::chrono::milliseconds shortest{25};  ///< Lower limit of a random wait, to protect a server that closes
                                             ///< immediately.
    Jitter jitter = Jitter::full;
  };

  explicit Backoff(Config config, std::uint64_t seed = 0) : config_(config), random_(seed), limit_(config.first) {}

  /// Returns the next wait; its upper limit doubles with each call.
  [[nodiscard]] Duration next() {
    const Duration wait = config_.jitter == Jitter::none ? limit_ : config_.shortest + up_to(limit_ - config_.shortest);
    limit_ = std::min<Duration>(limit_ * 2, config_.longest);
    return wait;
  }

  /// Call after success.
  void reset() { limit_ = config_.first; }

  /// Returns a random time from zero to `limit`, both included; zero if `limit` is negative.
  [[nodiscard]] Duration up_to(Duration limit) {
    if (limit <= Duration::zero()) return Duration::zero();
    return Duration(std::uniform_int_distribution<std::int64_t>(0, limit.count())(random_));
  }

 private:
  Config config_;
  std::mt19937_64 random_;
  Duration limit_;
};

}  // namespace rtcbot
