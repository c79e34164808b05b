#pragma once

#include <memory>

#include "rtcbot/rtcbot.hpp"
#include "rtcbot/safety/sink.hpp"

namespace rtcbot::app {

/// A robot to try driving with on a desk: `SimulatedRobot` in real time, its camera and its motor controller. A thread
/// of its own moves and draws it; it draws nothing while nobody watches. Thread-safe.
class Simulation {
 public:
  /// @throws Error bad_config, for sizes and rates that a camera has not.
  Simulation(int width, int height, int frame_rate);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// What the robot sees.
  [[nodiscard]] Camera camera() const;

  /// Drives it. May outlive this, and then drives nothing.
  [[nodiscard]] std::unique_ptr<safety::Sink> sink() const;

  /// {"speed": m/s, "heading": degrees from north to east, "battery": %, "voltage": V, "driven": m, "bumps": n,
  /// "wheels": {"left": m/s, "right": m/s}}
  [[nodiscard]] Json telemetry() const;

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace rtcbot::app
