#pragma once

#include <optional>
#include <string>

#include "find_cameras.hpp"
#include "rtcbot/base/error.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

/// Why a device cannot be opened now. A value.
struct Absence {
  CameraState state = CameraState::missing;  ///< Or `failed`: it exists, but cannot be used.
  Error reason;                              ///< `no_camera`, with a sentence without its full stop.
  friend bool operator==(const Absence&, const Absence&) = default;
};

/// Looks whether the V4L2 device at `path` exists, may be opened by this user, and captures video. Opens it briefly.
[[nodiscard]] std::optional<Absence> absence_of_device(const std::string& path);

/// Asks libcamera whether it finds a camera, but only after a change in /dev, because each question starts libcamera's
/// drivers. Not thread-safe.
class LibcameraWatch {
 public:
  [[nodiscard]] std::optional<Absence> absence();

 private:
  ChangeWatch changes_;
  bool has_camera_ = false;
};

}  // namespace rtcbot::media
