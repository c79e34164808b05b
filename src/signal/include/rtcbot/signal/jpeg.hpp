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

/// No side of a snapshot is longer; a robot's are 320 pixels wide.
inline constexpr int kMaxPictureSide = 2'048;

/// The size of a JPEG, whose frame is looked at and whose picture is not decoded: it begins as one, its segments follow
/// each other up to the first scan, one of them says a size of at most `kMaxPictureSide`, and it ends as one. So a few
/// bytes cannot make a viewer's browser reserve a picture of 65535 by 65535.
///
/// Source: ITU-T T.81 annex B.  Errors: bad_message, with what is wrong.  At most one step for each byte. Pure.
[[nodiscard]] Result<PictureSize> jpeg_size(std::string_view bytes);

}  // namespace rtcbot::signal
