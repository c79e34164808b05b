#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "rtcbot/base/time.hpp"

namespace rtcbot::safety {

/// Learns from a page's commands how its monotonic clock stands to the robot's, and says how old a command is.
///
/// Each command carries the four times of an NTP exchange (RFC 5905 section 8): when the robot wrote its newest status,
/// how long before the command that had arrived, when the command was made, and now. The exchange with the shortest way
/// there and back knows best; how wrong it can be is half of that way, and grows with its age as crystals drift.
/// Neither side's calendar is asked, so a clock that is set changes nothing.
///
/// A page whose machine slept comes back with a clock that stood still. An exchange that cannot agree with what was
/// known is such a step: all is learnt anew.
///
/// Pure; not thread-safe.
class PageClock {
 public:
  /// How far two quartz clocks drift apart, at most; what is bought keeps within 100 ppm each.
  static constexpr double kDrift = 200e-6;

  struct Exchange {
    double page_ms = 0;   ///< When the command was made, by the page.
    double heard_ms = 0;  ///< When the status was written, by the robot.
    double held_ms = 0;   ///< From the status' arrival to `page_ms`.
  };

  /// Takes what a command says of the clocks. False when it cannot be true: it came before it was sent.
  bool on_exchange(Timestamp now, const Exchange& exchange);

  /// How long ago the page made something, ms; empty before the first exchange. Never below 0.
  [[nodiscard]] std::optional<double> age_ms(Timestamp now, double page_ms) const;

  /// How wrong that may be, ms; empty before the first exchange.
  [[nodiscard]] std::optional<double> uncertainty_ms(Timestamp now) const;

  /// How often the page's clock was found to have been moved.
  [[nodiscard]] std::int64_t steps() const { return steps_; }

 private:
  struct Sample {
    double offset_ms = 0;  ///< The page's clock less the robot's.
    double error_ms = 0;   ///< When taken.
    Timestamp at{};
  };

  [[nodiscard]] static double error_of(const Sample& sample, Timestamp now);

  std::optional<Sample> best_;
  std::int64_t steps_ = 0;
};

/// A point in time as milliseconds, as the protocol writes it.
[[nodiscard]] inline double milliseconds_of(Timestamp at) {
  return std::chrono::duration<double, std::milli>(at.time_since_epoch()).count();
}

}  // namespace rtcbot::safety
