#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot::safety {

/// Estimates the offset between a page's monotonic clock and the robot's from the page's commands, and from it the age
/// of a command.
///
/// Each command provides the four time stamps of an NTP exchange (RFC 5905 section 8): when the robot wrote its newest
/// status, how long before the command that status had arrived, when the command was made, and now. The exchange with
/// the shortest round trip is the most accurate; its error is at most half of the round trip, and grows with its age
/// because the clocks drift. No calendar clock is used, so setting one has no effect.
///
/// The clock of a page stops while its machine sleeps. An exchange that contradicts the estimate shows such a step: the
/// estimate then starts again.
///
/// Pure; not thread-safe.
class PageClock {
 public:
  /// Maximum drift between two quartz clocks; common ones are within 100 ppm each.
  static constexpr double kDrift = 200e-6;

  struct Exchange {
    double page_ms = 0;   ///< When the command was made, by the page's clock.
    double heard_ms = 0;  ///< When the status was written, by the robot's clock.
    double held_ms = 0;   ///< From the arrival of the status to `page_ms`.
  };

  /// Records a command's exchange. Returns false if it is impossible (it arrived before it was sent) or its status is
  /// older than 60 s.
  bool on_exchange(Timestamp now, const Exchange& exchange);

  /// Age of a time stamp of the page, ms; empty before the first exchange. Never below 0.
  [[nodiscard]] std::optional<double> age_ms(Timestamp now, double page_ms) const;

  /// Maximum error of `age_ms`, ms; empty before the first exchange.
  [[nodiscard]] std::optional<double> uncertainty_ms(Timestamp now) const;

  /// Number of steps detected in the page's clock.
  [[nodiscard]] std::int64_t steps() const { return steps_; }

 private:
  struct Sample {
    double offset_ms = 0;  ///< The page's clock minus the robot's.
    double error_ms = 0;   ///< At the time of the exchange.
    Timestamp at{};
  };

  [[nodiscard]] static double error_of(const Sample& sample, Timestamp now);

  std::optional<Sample> best_;
  std::int64_t steps_ = 0;
};

/// A point in time in milliseconds, as in the protocol.
[[nodiscard]] inline double milliseconds_of(Timestamp at) {
  return std::chrono::duration<double, std::milli>(at.time_since_epoch()).count();
}

}  // namespace rtcbot::safety
