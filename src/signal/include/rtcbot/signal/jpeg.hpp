#pragma once

#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::signal {

/// Width and height in pixels.
struct PictureSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

/// Upper limit for each side of a snapshot, in pixels. Robots send 320 pixels in width.
inline constexpr int kMaxPictureSide = 2'048;

/// Returns the size of a JPEG without decoding the picture. Checks the start and end markers, the sequence of segments
/// up to the first scan, and that one segment declares a size of at most `kMaxPictureSide`. So a few bytes cannot make
/// a viewer's browser allocate a picture of 65535 by 65535.
///
/// Source: ITU-T T.81 annex B.  Errors: bad_message, with the reason.  At most one step for each byte. Pure.
[[nodiscard]] Result<PictureSize> jpeg_size(std::string_view bytes);

}  // namespace rtcbot::signal
