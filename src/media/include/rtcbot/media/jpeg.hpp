#pragma once

#include <cstddef>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

struct JpegLimits {
  int width = 320;                    ///< Pixels; a larger picture is scaled down with its aspect ratio.
  std::size_t max_bytes = 32 * 1024;  ///< The quality is lowered until the JPEG fits.
};

/// Encodes a picture as JPEG. Takes some milliseconds, on the caller's thread.  Errors: too_large (at every quality),
/// no_encoder (GStreamer's jpegenc is missing), internal.
[[nodiscard]] Result<std::string> to_jpeg(const RawFrame& frame, const JpegLimits& limits = {});

}  // namespace rtcbot::media
