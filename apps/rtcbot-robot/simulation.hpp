#pragma once

#include <memory>

#include "rtcbot/rtcbot.hpp"
#include "rtcbot/safety/sink.hpp"

namespace rtcbot::app {

/// A robot for trying out driving without hardware: `SimulatedRobot` in real time, its camera and its motor controller.
/// Its own thread moves and draws it, and draws nothing while nobody watches. Thread-safe.
class Simulation {
 public:
  /// @throws Error bad_config for sizes and rates that a camera does not support.
  Simulation(int width, int height, int frame_rate);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// The robot's camera.
  [[nodiscard]] Camera camera() const;

  /// The sink that drives it. May outlive this object; then it has no effect.
  [[nodiscard]] std::unique_ptr<safety::Sink> sink() const;

  /// {"speed": m/s, "heading": degrees from north to east, "battery": %, "voltage": V, "driven": m, "bumps": n,
  /// "wheels": {"left": m/s, "right": m/s}}
  [[nodiscard]] Json telemetry() const;

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;
};

}  // namespace rtcbot::app
