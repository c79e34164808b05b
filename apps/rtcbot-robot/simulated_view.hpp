#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "rtcbot-robot/simulated_robot.hpp"

namespace rtcbot::app {

/// The picture of the simulated robot's camera: the room in perspective, a small map of it, a lamp that is green while
/// it may move and red while it brakes, and the test picture's time stamp at the top left.
///
/// Pure: gets the state and the time. Not thread-safe.
class SimulatedView {
 public:
  /// @pre even sizes, 16 to 4096.
  SimulatedView(int width, int height);

  /// The picture, planar YUV 4:2:0; valid until the next call.
  [[nodiscard]] std::span<const std::uint8_t> draw(const SimulatedRobot::State& robot, std::int64_t unix_ms);

 private:
  struct Colour {
    std::uint8_t y, u, v;
  };
  /// Sets two by two pixels, which share their colour; in units of two pixels.
  void dot(int column, int row, Colour colour);
  void fill(int left, int top, int width, int height, Colour colour);
  void draw_column(int column, const SimulatedRobot::State& robot);
  void draw_map(const SimulatedRobot::State& robot);
  void draw_stamp(std::int64_t unix_ms);
  [[nodiscard]] static Colour wall_colour(int wall);
  [[nodiscard]] static Colour shaded(Colour colour, double light);

  const int width_;
  const int height_;
  const int columns_;  ///< Of dots.
  const int rows_;
  std::vector<std::uint8_t> picture_;
};

}  // namespace rtcbot::app
