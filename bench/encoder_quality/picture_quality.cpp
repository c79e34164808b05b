#include "picture_quality.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rtcbot::bench {
namespace {

/// Sums over one block of 4x4 samples of both pictures.
struct Sums {
  int a = 0, b = 0, squares = 0, products = 0;
};

Sums sums_of(const std::uint8_t* a, const std::uint8_t* b, int stride) {
  Sums sums;
  for (int y = 0; y < 4; ++y, a += stride, b += stride) {
    for (int x = 0; x < 4; ++x) {
      sums.a += a[x];
      sums.b += b[x];
      sums.squares += a[x] * a[x] + b[x] * b[x];
      sums.products += a[x] * b[x];
    }
  }
  return sums;
}

double similarity(const Sums& s1, const Sums& s2, const Sums& s3, const Sums& s4) {
  constexpr double kCount = 64, kC1 = 6.5025, kC2 = 58.5225;
  const double mean_a = (s1.a + s2.a + s3.a + s4.a) / kCount;
  const double mean_b = (s1.b + s2.b + s3.b + s4.b) / kCount;
  const double squares = s1.squares + s2.squares + s3.squares + s4.squares;
  const double products = s1.products + s2.products + s3.products + s4.products;
  const double variances = (squares - kCount * (mean_a * mean_a + mean_b * mean_b)) / (kCount - 1);
  const double covariance = (products - kCount * mean_a * mean_b) / (kCount - 1);
  return (2 * mean_a * mean_b + kC1) * (2 * covariance + kC2) /
         ((mean_a * mean_a + mean_b * mean_b + kC1) * (variances + kC2));
}

}  // namespace

Luma enlarged(const Luma& small, int width, int height) {
  if (small.width == width && small.height == height) return small;
  Luma large{width, height,
             std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height))};
  struct Tap {
    int at = 0, weight = 0;
  };
  const auto tap_of = [](int to, int size, int full) {
    const double from = std::clamp((to + 0.5) * size / full - 0.5, 0.0, static_cast<double>(size - 1));
    const int at = std::min(static_cast<int>(from), size - 2);
    return Tap{at, static_cast<int>(std::lround((from - at) * 256))};
  };
  std::vector<Tap> columns;
  for (int x = 0; x < width; ++x) columns.push_back(tap_of(x, small.width, width));
  for (int y = 0; y < height; ++y) {
    const Tap row = tap_of(y, small.height, height);
    const std::uint8_t* upper = small.samples.data() + static_cast<std::ptrdiff_t>(row.at) * small.width;
    const std::uint8_t* lower = upper + small.width;
    std::uint8_t* to = large.samples.data() + static_cast<std::ptrdiff_t>(y) * width;
    for (int x = 0; x < width; ++x) {
      const auto [at, weight] = columns[static_cast<std::size_t>(x)];
      const int top = upper[at] * (256 - weight) + upper[at + 1] * weight;
      const int bottom = lower[at] * (256 - weight) + lower[at + 1] * weight;
      to[x] = static_cast<std::uint8_t>((top * (256 - row.weight) + bottom * row.weight + 32768) >> 16);
    }
  }
  return large;
}

double ssim(const Luma& a, const Luma& b) {
  const int columns = a.width / 4, rows = a.height / 4;
  std::vector<Sums> above(static_cast<std::size_t>(columns)), here(above);
  double total = 0;
  for (int row = 0; row < rows; ++row) {
    const std::ptrdiff_t line = static_cast<std::ptrdiff_t>(row) * 4 * a.width;
    for (int column = 0; column < columns; ++column) {
      here[static_cast<std::size_t>(column)] =
          sums_of(a.samples.data() + line + column * 4, b.samples.data() + line + column * 4, a.width);
    }
    for (std::size_t i = 0; row > 0 && i + 1 < here.size(); ++i) {
      total += similarity(above[i], above[i + 1], here[i], here[i + 1]);
    }
    std::swap(above, here);
  }
  return total / ((columns - 1) * (rows - 1));
}

double mean_squared_error(const Luma& a, const Luma& b) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    const int difference = a.samples[i] - b.samples[i];
    total += difference * difference;
  }
  return static_cast<double>(total) / static_cast<double>(a.samples.size());
}

double psnr_of(double mean_squared_error) {
  return 10 * std::log10(255.0 * 255.0 / std::max(mean_squared_error, 1e-6));
}

}  // namespace rtcbot::bench
