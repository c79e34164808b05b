#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

/// A decoded picture's luma.
struct DecodedPicture {
  int width = 0;
  int height = 0;
  int stride = 0;
  std::vector<std::uint8_t> luma;
  /// @param full_width the picture's width before it was scaled; 0 if it was not
  [[nodiscard]] std::optional<std::uint32_t> time_stamp(int full_width = 0) const;
};

/// Decodes frames in order with a new decoder, as a viewer that just joined does. Stops at the first frame that cannot
/// be decoded.
[[nodiscard]] std::vector<DecodedPicture> decode(std::span<const EncodedFrame> frames);

}  // namespace rtcbot::media
