#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace rtcbot::media {

/// A time stamp drawn into the picture, from which a page computes the picture's age.
///
/// 32 blocks of 16x16 pixels carry the low 32 bits of Unix time in milliseconds, least significant bit first, white
/// (luma 235) for 1 and black (16) for 0, from the top left corner to the right. In a picture narrower than 512 pixels
/// they continue in further rows, each with as many whole blocks as fit. A picture without room for 32 blocks has no
/// stamp. Large blocks with full contrast survive compression and down-scaling.
inline constexpr int kStampBlock = 16;
inline constexpr int kStampBits = 32;

/// Blocks in a row, and rows, of the stamp in a picture of this size; no rows if it does not fit.
struct StampLayout {
  int columns = 0;
  int rows = 0;
  friend bool operator==(const StampLayout&, const StampLayout&) = default;
};
[[nodiscard]] StampLayout stamp_layout(int width, int height);

/// Writes the stamp into a luma plane. The caller sets the chroma under the blocks to 128.
void write_time_stamp(std::uint8_t* luma, int stride, StampLayout layout, std::uint32_t stamp);

/// Reads the stamp back.  @param full_width the width of the original picture, if this one was scaled; below a quarter
/// too little is left of a block. Returns nothing if there is no stamp, or if a block is neither black nor white.
[[nodiscard]] std::optional<std::uint32_t> read_time_stamp(std::span<const std::uint8_t> luma, int stride, int width,
                                                           int height, int full_width = 0);

}  // namespace rtcbot::media
