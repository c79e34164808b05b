#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rtcbot::bench {

/// Luma of a picture, without padding.
struct Luma {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> samples;  ///< `width` times `height`.
};

/// Enlarges bilinearly, as a browser does that shows a smaller picture at full size.
[[nodiscard]] Luma enlarged(const Luma& small, int width, int height);

/// The mean structural similarity of two pictures of the same size: 1 is equal.
///
/// Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity",
/// 2004, with windows of 8x8 samples of equal weight every 4 samples, as `bench/lib/radio_quality.mjs` and x264 use.
[[nodiscard]] double ssim(const Luma& a, const Luma& b);

/// The mean squared difference.
[[nodiscard]] double mean_squared_error(const Luma& a, const Luma& b);

/// The peak signal-to-noise ratio in dB.
[[nodiscard]] double psnr_of(double mean_squared_error);

}  // namespace rtcbot::bench
