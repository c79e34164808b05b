#include "busy_texture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <numbers>

namespace rtcbot::media {
namespace {

constexpr int kMargin = 96;  ///< Luma samples by which the texture exceeds the picture, in each direction.
constexpr int kSway = 12;    ///< Greatest offset of a line to either side of the moving window.
constexpr int kWander = kMargin - 2 * kSway;

/// A value in [-128, 127] for each lattice point, the same on every machine.
int noise(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
  std::uint32_t value = x * 0x9E3779B1U ^ y * 0x85EBCA77U ^ seed * 0xC2B2AE3DU;
  value = (value ^ value >> 15) * 0x2C1B3C6DU;
  value = (value ^ value >> 12) * 0x297A2D39U;
  return static_cast<int>((value ^ value >> 15) & 0xffU) - 128;
}

/// Bilinear interpolation between lattice points at a distance of `cell` (a power of two).
int smooth_noise(int x, int y, int cell, std::uint32_t seed) {
  const auto column = static_cast<std::uint32_t>(x / cell);
  const auto row = static_cast<std::uint32_t>(y / cell);
  const int dx = x % cell;
  const int dy = y % cell;
  const int top = noise(column, row, seed) * (cell - dx) + noise(column + 1, row, seed) * dx;
  const int bottom = noise(column, row + 1, seed) * (cell - dx) + noise(column + 1, row + 1, seed) * dx;
  return (top * (cell - dy) + bottom * dy) / (cell * cell);
}

/// Rises by one each step up to `range`, falls back to 0, and so on.
int bounce(std::int64_t step, int range) {
  const auto phase = static_cast<int>(step % (2 * range));
  return phase < range ? phase : 2 * range - phase;
}

}  // namespace

BusyTexture::BusyTexture(int width, int height)
    : luma_(paint(width, height, kMargin, 1, 100)),
      u_(paint(width / 2, height / 2, kMargin / 2, 2, 40)),
      v_(paint(width / 2, height / 2, kMargin / 2, 3, 40)) {}

BusyTexture::Plane BusyTexture::paint(int width, int height, int margin, std::uint32_t seed, int contrast) {
  // Weights decrease with the scale, as in natural pictures.
  static constexpr std::array<std::array<int, 2>, 5> kOctaves = {{{64, 90}, {32, 60}, {16, 40}, {8, 26}, {4, 16}}};
  Plane plane{.width = width, .height = height, .stride = width + margin, .samples = {}};
  plane.samples.reserve(static_cast<std::size_t>(plane.stride) * static_cast<std::size_t>(height + margin));
  for (int y = 0; y < height + margin; ++y) {
    for (int x = 0; x < plane.stride; ++x) {
      int sum = 0;
      for (const auto& [cell, weight] : kOctaves) {
        sum += smooth_noise(x, y, cell, seed + static_cast<std::uint32_t>(cell)) * weight;
      }
      plane.samples.push_back(static_cast<std::uint8_t>(std::clamp(128 + sum * contrast / 12'800, 16, 235)));
    }
  }
  return plane;
}

/// @param unit luma samples for one sample of this plane: 1 or 2
void BusyTexture::copy_window(const Plane& from, std::uint8_t* to, int stride, std::int64_t frame_number, int unit) {
  const int left = kSway + bounce(frame_number, kWander);
  const int top = bounce(frame_number / 2, kMargin) / unit;
  const double phase = static_cast<double>(frame_number % 30'000) * std::numbers::pi / 25;
  for (int y = 0; y < from.height; ++y) {
    const double angle = phase + static_cast<double>(y * unit) * std::numbers::pi / 40;
    const int sway = static_cast<int>(std::lround(kSway * std::sin(angle)));
    const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(top + y) * from.stride + (left + sway) / unit;
    std::memcpy(to + static_cast<std::ptrdiff_t>(y) * stride, from.samples.data() + at,
                static_cast<std::size_t>(from.width));
  }
}

void BusyTexture::copy_to(const I420Planes& planes, std::int64_t frame_number) const {
  copy_window(luma_, planes.y, planes.stride_y, frame_number, 1);
  copy_window(u_, planes.u, planes.stride_u, frame_number, 2);
  copy_window(v_, planes.v, planes.stride_v, frame_number, 2);
}

}  // namespace rtcbot::media
