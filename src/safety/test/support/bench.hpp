#pragma once

#include <optional>
#include <string>

#include "rtcbot/safety/safety.hpp"

namespace rtcbot::safety::testing {

using std::chrono::milliseconds;

/// A robot, a page, and the path between them, in virtual time. The page's clock is far from the robot's.
class Bench {
 public:
  static constexpr double kPageOffset = 5e8;

  explicit Bench(Config config = {}) : safety(config) { safety.join(now, page, true); }

  /// Advances the time, and calls `handle_timeout` at each timeout.
  void pass(Duration time) {
    const Timestamp until = now + time;
    while (safety.next_timeout() <= until) {
      now = std::max(now, safety.next_timeout());
      safety.handle_timeout(now);
    }
    now = until;
    safety.handle_timeout(now);
  }

  [[nodiscard]] double page_ms() const { return milliseconds_of(now) + page_offset; }

  /// Makes a command of age `old`. The page had received a status 30 ms before, which had taken `way_there` to arrive.
  [[nodiscard]] Command made(double throttle, Duration old = milliseconds(20), Duration way_there = milliseconds(20)) {
    const double age = std::chrono::duration<double, std::milli>(old).count();
    const double there = std::chrono::duration<double, std::milli>(way_there).count();
    constexpr double kHeld = 30;
    Command command;
    command.number = ++number;
    command.page_ms = page_ms() - age;
    command.held_ms = kHeld;
    command.heard_ms = milliseconds_of(now) - age - kHeld - there;
    command.picture_age_ms = picture_age;
    command.controls.axis[1] = throttle;
    return command;
  }

  void say(double throttle, Duration old = milliseconds(20)) { safety.command(now, page, made(throttle, old)); }

  /// Sends the command 50 times a second for `time`.
  void hold(double throttle, Duration time) {
    for (Duration done{}; done < time; done += milliseconds(20)) {
      say(throttle);
      pass(milliseconds(20));
    }
  }

  /// Takes the lease, holds neutral, then drives forward.
  void drive_off() {
    (void)safety.request(now, page);
    hold(0, milliseconds(100));
    hold(1, milliseconds(100));
  }

  [[nodiscard]] StopReason why() const { return safety.output().why; }
  [[nodiscard]] double throttle() const { return safety.output().controls.axis[1]; }

  Safety safety;
  Timestamp now{std::chrono::hours(5)};
  const ViewerId page{1};
  std::uint64_t number = 0;
  double page_offset = kPageOffset;
  std::optional<double> picture_age = 80;
};

}  // namespace rtcbot::safety::testing
