#pragma once

#include <cstddef>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

struct JpegLimits {
  int width = 320;                    ///< Pixels; a larger picture is scaled down, its shape kept.
  std::size_t max_bytes = 32 * 1024;  ///< The quality is lowered until it fits.
};

/// A picture as a JPEG. Takes some milliseconds, on the caller's thread.  Errors: too_large (not at any quality),
/// no_encoder (GStreamer's jpegenc is missing), internal.
[[nodiscard]] Result<std::string> to_jpeg(const RawFrame& frame, const JpegLimits& limits = {});

}  // namespace rtcbot::media
