#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace rtcbot::media {

/// A time written into the picture itself, so that a page can tell how old what it shows is.
///
/// 32 blocks of 16x16 pixels carry the low 32 bits of Unix time in milliseconds, least significant bit first, white
/// (luma 235) for 1 and black (16) for 0, from the top left corner to the right. A picture narrower than 512 pixels
/// continues in further rows, each with as many whole blocks as fit. A picture with no room for 32 blocks has no stamp.
/// Large blocks with full contrast survive compression and down-scaling.
inline constexpr int kStampBlock = 16;
inline constexpr int kStampBits = 32;

/// Blocks in one row, and rows, of the stamp in a picture of this size; no rows when it does not fit.
struct StampLayout {
  int columns = 0;
  int rows = 0;
  friend bool operator==(const StampLayout&, const StampLayout&) = default;
};
[[nodiscard]] StampLayout stamp_layout(int width, int height);

/// Writes the stamp into a luma plane. Chroma is the caller's: 128 under the blocks.
void write_time_stamp(std::uint8_t* luma, int stride, StampLayout layout, std::uint32_t stamp);

/// Reads the stamp back.  @param full_width of the picture that it was written into, if it was scaled since; sizes
/// below a quarter have too little left of a block. Nothing when the picture has none, or a block is neither black nor
/// white.
[[nodiscard]] std::optional<std::uint32_t> read_time_stamp(std::span<const std::uint8_t> luma, int stride, int width,
                                                           int height, int full_width = 0);

}  // namespace rtcbot::media
