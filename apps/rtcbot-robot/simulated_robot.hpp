#pragma once

#include "rtcbot/base/time.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::app {

/// A robot with two driven wheels in `SimulatedWorld`, with its motor controller and its physics: wheels that
/// accelerate and brake gradually, walls, a battery, and its own dead man's switch.
///
/// Pure: gets the passed time. Not thread-safe.
class SimulatedRobot {
 public:
  static constexpr double kRadius = 0.22;           ///< Metres.
  static constexpr double kTrack = 0.36;            ///< Metres between the wheels.
  static constexpr double kFastest = 1.5;           ///< Metres a second, of a wheel.
  static constexpr double kAcceleration = 2.5;      ///< Metres a second squared, of a wheel.
  static constexpr double kBraking = 6;             ///< Likewise, for a stop or without an output.
  static constexpr Duration kBrakesAfter{300'000};  ///< Without an output.

  struct State {
    double x = 2, y = 5.2;       ///< Metres, as in `SimulatedWorld`.
    double heading = 0;          ///< Radians from the east, to the south; 0 to 2 pi.
    double left = 0, right = 0;  ///< Metres a second, of the wheels.
    double battery = 1;          ///< 0 to 1. An empty battery ends the drive.
    double driven = 0;           ///< Metres.
    int bumps = 0;               ///< Collisions with a wall.
    bool is_braking = true;

    [[nodiscard]] double speed() const { return (left + right) / 2; }
    [[nodiscard]] double volts() const { return 10.5 + 2.1 * battery; }
    friend bool operator==(const State&, const State&) = default;
  };

  SimulatedRobot() = default;
  explicit SimulatedRobot(State begin) : state_(begin) {}

  /// Gives an output to the motor controller.
  void take(const safety::Output& output);

  /// Lets time pass, in small steps.
  void step(Duration passed);

  [[nodiscard]] const State& state() const { return state_; }

 private:
  void small_step(double seconds);
  void move(double seconds);

  State state_;
  double wanted_left_ = 0, wanted_right_ = 0;  ///< Metres a second.
  bool may_move_ = false;
  Duration silence_ = kBrakesAfter;  ///< Since the last output.
};

}  // namespace rtcbot::app
