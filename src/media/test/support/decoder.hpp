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
  /// @param full_width of the picture before it was scaled, if it was
  [[nodiscard]] std::optional<std::uint32_t> time_stamp(int full_width = 0) const;
};

/// Decodes frames one after another, from nothing: what a viewer that just joined would see. Stops at the first that
/// cannot be decoded.
[[nodiscard]] std::vector<DecodedPicture> decode(std::span<const EncodedFrame> frames);

}  // namespace rtcbot::media
