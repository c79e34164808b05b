#pragma once

#include <string>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "source.hpp"

namespace rtcbot::media {

/// Finds cameras: queries each /dev/videoN for video capture (metadata nodes and codecs cannot capture), and
/// libcamera's plugin, if installed, for its cameras. Opens each device briefly.
[[nodiscard]] FoundCameras find_cameras();

/// Finds cameras repeatedly. Opens devices only after a change in /dev. Not thread-safe.
class CameraFinder {
 public:
  /// @param list a file that lists the cameras, see `parse_camera_list`; empty: searches.
  CameraFinder(std::string list, LogSink log) : list_(std::move(list)), log_(std::move(log)) {}

  /// The cameras that exist now.
  [[nodiscard]] const FoundCameras& find();

 private:
  [[nodiscard]] FoundCameras look() const;

  const std::string list_;
  const LogSink log_;
  std::string seen_ = "nothing";  ///< The last state of /dev, or of the list.
  int looks_ = 0;  ///< Searches left after the last change: udev sets permissions, and drivers start, a little later.
  FoundCameras found_;
};

/// True if the device at `path` captures video.
[[nodiscard]] bool can_capture(const std::string& path);

/// The video modes of the device at `path`; empty if they cannot be queried.
[[nodiscard]] std::vector<VideoMode> video_modes(const std::string& path);

}  // namespace rtcbot::media
