#include "rtcbot-robot/simulated_view.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "rtcbot-robot/simulated_world.hpp"
#include "rtcbot/media/time_stamp_blocks.hpp"

namespace rtcbot::app {
namespace {

constexpr double kHalfView = 0.6;   // radians: 69 degrees from side to side
constexpr double kEyeHeight = 0.5;  // of a wall
constexpr double kFar = 14;         // metres; the distance at which walls are dim

std::size_t index(int x, int y, int stride) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(stride) + static_cast<std::size_t>(x);
}

double light_at(double distance) { return std::clamp(1.1 - distance / kFar, 0.25, 1.0); }

}  // namespace

SimulatedView::SimulatedView(int width, int height)
    : width_(width),
      height_(height),
      columns_(width / 2),
      rows_(height / 2),
      picture_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3 / 2) {}

SimulatedView::Colour SimulatedView::wall_colour(int wall) {
  switch (wall) {
    case 2: return {150, 96, 176};    // brick
    case 3: return {140, 170, 90};    // blue
    default: return {170, 118, 132};  // plaster
  }
}

SimulatedView::Colour SimulatedView::shaded(Colour colour, double light) {
  const auto scaled = [light](int value, int rest) {
    return static_cast<std::uint8_t>(std::lround(rest + (value - rest) * light));
  };
  return {scaled(colour.y, 16), scaled(colour.u, 128), scaled(colour.v, 128)};
}

void SimulatedView::dot(int column, int row, Colour colour) {
  const std::size_t luma = static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_);
  std::uint8_t* top = &picture_[index(2 * column, 2 * row, width_)];
  top[0] = top[1] = top[width_] = top[width_ + 1] = colour.y;
  picture_[luma + index(column, row, columns_)] = colour.u;
  picture_[luma + luma / 4 + index(column, row, columns_)] = colour.v;
}

void SimulatedView::fill(int left, int top, int width, int height, Colour colour) {
  for (int row = std::max(0, top); row < std::min(rows_, top + height); ++row) {
    for (int column = std::max(0, left); column < std::min(columns_, left + width); ++column) dot(column, row, colour);
  }
}

void SimulatedView::draw_column(int column, const SimulatedRobot::State& robot) {
  const double across = (column + 0.5) / columns_ * 2 - 1;
  const double aside = std::atan(across * std::tan(kHalfView));
  const double heading = robot.heading + aside;
  const auto hit = SimulatedWorld::look(robot.x, robot.y, heading);
  // Uses the distance straight ahead; otherwise walls would look curved.
  const double depth = std::max(0.05, hit.distance * std::cos(aside));
  const double scale = columns_ / (2 * std::tan(kHalfView));  // dots for one metre at a distance of one metre
  const int horizon = rows_ / 2;
  const int top = std::max(0, horizon - static_cast<int>(scale * (1 - kEyeHeight) / depth));
  const int bottom = std::min(rows_, horizon + static_cast<int>(scale * kEyeHeight / depth));
  for (int row = 0; row < top; ++row) dot(column, row, shaded({96, 140, 122}, 0.6 + 0.4 * (top - row) / rows_));
  const bool is_joint = hit.along < 0.03 || hit.along > 0.97;
  const double light = light_at(hit.distance) * (hit.is_east_west ? 1 : 0.8) * (is_joint ? 0.6 : 1);
  const Colour wall = shaded(wall_colour(hit.wall), light);
  for (int row = top; row < bottom; ++row) dot(column, row, wall);
  for (int row = bottom; row < rows_; ++row) {
    // Tiles of half a metre, so that the robot's motion is visible.
    const double away = scale * kEyeHeight / (row + 0.5 - horizon) / std::cos(aside);
    const auto tile = [](double at) { return static_cast<int>(std::floor(at * 2)); };
    const bool is_dark =
        ((tile(robot.x + away * std::cos(heading)) + tile(robot.y + away * std::sin(heading))) & 1) != 0;
    dot(column, row, shaded({static_cast<std::uint8_t>(is_dark ? 84 : 112), 122, 132}, light_at(away)));
  }
}

void SimulatedView::draw_map(const SimulatedRobot::State& robot) {
  const int cell = columns_ / 4 / SimulatedWorld::kWidth;
  if (cell < 2) return;
  const int left = columns_ - cell * (SimulatedWorld::kWidth + 1);
  const int top = std::max(media::kStampBlock, rows_ / 20);
  if (top + cell * SimulatedWorld::kHeight > rows_) return;
  for (int row = 0; row < SimulatedWorld::kHeight; ++row) {
    for (int column = 0; column < SimulatedWorld::kWidth; ++column) {
      const int wall = SimulatedWorld::wall_at(column, row);
      fill(left + column * cell, top + row * cell, cell, cell, wall != 0 ? wall_colour(wall) : Colour{50, 128, 128});
    }
  }
  const auto at = [cell](double metres) { return static_cast<int>(std::lround(metres * cell)); };
  const double nose = SimulatedRobot::kRadius + 0.35;
  fill(left + at(robot.x + nose * std::cos(robot.heading)) - 1, top + at(robot.y + nose * std::sin(robot.heading)) - 1,
       2, 2, {225, 30, 148});
  fill(left + at(robot.x) - cell / 3, top + at(robot.y) - cell / 3, 2 * cell / 3 + 1, 2 * cell / 3 + 1, {208, 72, 168});
}

void SimulatedView::draw_stamp(std::int64_t unix_ms) {
  const auto layout = media::stamp_layout(width_, height_);
  constexpr int kDots = media::kStampBlock / 2;
  // No colour under the stamp: conversion would add it to the brightness that a page reads.
  fill(0, 0, layout.columns * kDots, layout.rows * kDots, {16, 128, 128});
  media::write_time_stamp(picture_.data(), width_, layout, static_cast<std::uint32_t>(unix_ms));
}

std::span<const std::uint8_t> SimulatedView::draw(const SimulatedRobot::State& robot, std::int64_t unix_ms) {
  for (int column = 0; column < columns_; ++column) draw_column(column, robot);
  draw_map(robot);
  const int lamp = std::max(1, rows_ / 40);
  const Colour colour = robot.is_braking ? Colour{82, 90, 240} : Colour{145, 54, 34};
  fill(columns_ / 2 - 2 * lamp, rows_ - 3 * lamp, 4 * lamp, 2 * lamp, colour);
  draw_stamp(unix_ms);
  return picture_;
}

}  // namespace rtcbot::app
