#pragma once

#include <string>
#include <vector>

#include "source.hpp"

namespace rtcbot::media {

/// Looks for cameras: asks each /dev/videoN whether it can capture (metadata nodes and codecs cannot), and libcamera's
/// plugin, where installed, for its cameras. Opens each device for a moment.
[[nodiscard]] FoundCameras find_cameras();

/// Whether the device at `path` captures video.
[[nodiscard]] bool can_capture(const std::string& path);

/// What the device at `path` can deliver; empty when it cannot be asked.
[[nodiscard]] std::vector<VideoMode> video_modes(const std::string& path);

}  // namespace rtcbot::media
