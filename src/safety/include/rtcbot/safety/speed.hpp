#pragma once

#include <chrono>

#include "rtcbot/base/time.hpp"

namespace rtcbot::safety {

/// Limits the speed by the latency of the driver's control loop. The limit falls immediately and rises slowly, so that
/// one early picture does not make the robot jump forward.
class SpeedByLatency {
 public:
  struct Config {
    std::chrono::milliseconds full_until{300};  ///< Full speed up to this latency (glass to glass plus control delay),
    std::chrono::milliseconds min_from{900};    ///< falling to
    double least = 0.2;                         ///< this share from here on.
    double rise_per_second = 0.5;               ///< Maximum rise of the share.
  };

  explicit SpeedByLatency(Config config) : config_(config) {}

  /// Returns the share, 0 to 1, for the latency of the whole loop: age of the picture plus age of the command, ms.
  double update(Timestamp now, double latency_ms);
  /// The last result of `update`; 0 before the first.
  [[nodiscard]] double share() const { return share_ < 0 ? 0 : share_; }
  /// Start again after a change of driver or a stop.
  void reset() { share_ = -1; }

 private:
  [[nodiscard]] double share_for(double latency_ms) const;

  Config config_;
  double share_ = -1;  ///< Negative: none yet.
  Timestamp at_{};
};

}  // namespace rtcbot::safety
