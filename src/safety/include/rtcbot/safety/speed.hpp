#pragma once

#include <chrono>

#include "rtcbot/base/time.hpp"

namespace rtcbot::safety {

/// How fast one may drive who sees late and is obeyed late. Falls at once, rises slowly: a robot must not jump forward
/// because one picture came early.
///
/// Pure; not thread-safe.
class SpeedByLatency {
 public:
  struct Config {
    std::chrono::milliseconds full_until{300};  ///< Up to this latency, glass to glass and stick to wheel: full speed,
    std::chrono::milliseconds least_from{900};  ///< falling to
    double least = 0.2;                         ///< this share from here on.
    double rise_per_second = 0.5;               ///< Of the share.
  };

  explicit SpeedByLatency(Config config) : config_(config) {}

  /// The share for a latency of the whole loop: the age of the picture and of the command, ms. 0 to 1.
  double update(Timestamp now, double latency_ms);
  /// What `update` said last; 0 before.
  [[nodiscard]] double share() const { return share_ < 0 ? 0 : share_; }
  /// Somebody else drives, or it begins anew after a stop.
  void reset() { share_ = -1; }

 private:
  [[nodiscard]] double share_for(double latency_ms) const;

  Config config_;
  double share_ = -1;  ///< Negative: none yet.
  Timestamp at_{};
};

}  // namespace rtcbot::safety
