#include "rtcbot/media/time_stamp_blocks.hpp"

#include <algorithm>
#include <cstddef>

namespace rtcbot::media {
namespace {

constexpr std::uint8_t kWhite = 235;
constexpr std::uint8_t kBlack = 16;

std::size_t offset_of(int x, int y, int stride) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(stride) + static_cast<std::size_t>(x);
}

/// The mean of the middle 8x8 pixels, because compression blurs neighbouring blocks at the borders.
/// @param scale samples in this picture for one sample of the original
int middle_of_block(std::span<const std::uint8_t> luma, int stride, int left, int top, double scale) {
  const auto scaled = [scale](int position) { return static_cast<int>((position + 0.5) * scale); };
  int sum = 0;
  for (int y = top + 4; y < top + 12; ++y) {
    for (int x = left + 4; x < left + 12; ++x) sum += luma[offset_of(scaled(x), scaled(y), stride)];
  }
  return sum / 64;
}

}  // namespace

StampLayout stamp_layout(int width, int height) {
  const int columns = std::min(width / kStampBlock, kStampBits);
  if (columns <= 0) return {};
  const int rows = (kStampBits + columns - 1) / columns;
  return rows * kStampBlock <= height ? StampLayout{columns, rows} : StampLayout{};
}

void write_time_stamp(std::uint8_t* luma, int stride, StampLayout layout, std::uint32_t stamp) {
  if (layout.rows == 0) return;
  for (int bit = 0; bit < kStampBits; ++bit) {
    const std::uint8_t value = ((stamp >> bit) & 1U) != 0 ? kWhite : kBlack;
    const int left = bit % layout.columns * kStampBlock;
    const int top = bit / layout.columns * kStampBlock;
    for (int y = top; y < top + kStampBlock; ++y) std::fill_n(luma + offset_of(left, y, stride), kStampBlock, value);
  }
}

std::optional<std::uint32_t> read_time_stamp(std::span<const std::uint8_t> luma, int stride, int width, int height,
                                             int full_width) {
  const double scale = full_width > 0 ? static_cast<double>(width) / full_width : 1.0;
  const StampLayout layout =
      full_width > 0 ? stamp_layout(full_width, static_cast<int>(height / scale)) : stamp_layout(width, height);
  if (layout.rows == 0) return std::nullopt;
  std::uint32_t stamp = 0;
  for (int bit = 0; bit < kStampBits; ++bit) {
    const int left = bit % layout.columns * kStampBlock;
    const int top = bit / layout.columns * kStampBlock;
    const int value = middle_of_block(luma, stride, left, top, scale);
    if (value > 100 && value < 150) return std::nullopt;
    if (value >= 150) stamp |= std::uint32_t{1} << bit;
  }
  return stamp;
}

}  // namespace rtcbot::media
