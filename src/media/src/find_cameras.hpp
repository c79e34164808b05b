#pragma once

#include <string>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "source.hpp"

namespace rtcbot::media {

/// Looks for cameras: asks each /dev/videoN whether it can capture (metadata nodes and codecs cannot), and libcamera's
/// plugin, where installed, for its cameras. Opens each device for a moment.
[[nodiscard]] FoundCameras find_cameras();

/// Looks for cameras again and again, and opens devices only after something has changed in /dev. Not thread-safe.
class CameraFinder {
 public:
  /// @param list a file that names the cameras in place of a search, see `parse_camera_list`; empty: searches.
  CameraFinder(std::string list, LogSink log) : list_(std::move(list)), log_(std::move(log)) {}

  /// The cameras that exist now.
  [[nodiscard]] const FoundCameras& find();

 private:
  [[nodiscard]] FoundCameras look() const;

  const std::string list_;
  const LogSink log_;
  std::string seen_ = "nothing";  ///< What /dev, or the list, looked like.
  int looks_ = 0;  ///< Left after the last change: udev sets rights, and a driver gets ready, a little later.
  FoundCameras found_;
};

/// Whether the device at `path` captures video.
[[nodiscard]] bool can_capture(const std::string& path);

/// What the device at `path` can deliver; empty when it cannot be asked.
[[nodiscard]] std::vector<VideoMode> video_modes(const std::string& path);

}  // namespace rtcbot::media
