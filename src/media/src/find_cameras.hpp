#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "source.hpp"

namespace rtcbot::media {

/// Finds cameras: queries each /dev/videoN for video capture (metadata nodes and codecs cannot capture), and
/// libcamera's plugin, if installed, for its cameras. Opens each device briefly.
[[nodiscard]] FoundCameras find_cameras();

/// Decides when devices are looked at again: three times after each change of /dev, because udev sets permissions, and
/// drivers start, a little later. Pure; not thread-safe.
class ChangeWatch {
 public:
  /// @param seen  describes the present state, for example `devices_text()`
  [[nodiscard]] bool should_look(std::string seen);

 private:
  std::optional<std::string> seen_;
  int looks_ = 0;
};

/// A text that changes if a camera appears, disappears or gets other permissions. Opens no device.
[[nodiscard]] std::string devices_text();

/// True if libcamera's plugin is installed and finds a camera. Starts libcamera's drivers.
[[nodiscard]] bool libcamera_has_camera();

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
  ChangeWatch changes_;
  FoundCameras found_;
};

/// True if the device at `path` captures video.
[[nodiscard]] bool can_capture(const std::string& path);

/// The video modes of the device at `path`; empty if they cannot be queried.
[[nodiscard]] std::vector<VideoMode> video_modes(const std::string& path);

}  // namespace rtcbot::media
