#pragma once

#include <optional>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "source.hpp"

namespace rtcbot::media {

/// Decides which camera "auto" shows. Until a camera has been found it shows the test picture and looks again
/// regularly. The test picture never replaces a camera that was unplugged, because it would hide the failure. Neither
/// does a camera that was present when this one was chosen, because it shows another view. A camera that appears later
/// does, because a USB camera often returns under another name.
/// Pure; not thread-safe.
class CameraSearch {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(1'000);

  /// Call before the source is opened, with the cameras that exist.  @return the camera to open; empty: the test
  /// picture.
  [[nodiscard]] const std::optional<Source>& choose(Timestamp now, const FoundCameras& found);

  /// True if one of these cameras should replace the test picture now shown.
  [[nodiscard]] bool replaces_test_picture(Timestamp now, const FoundCameras& found);

  /// When to call `replaces_test_picture`; `kNever` after a camera has been chosen.
  [[nodiscard]] Timestamp next_at() const { return next_at_; }

  [[nodiscard]] const std::optional<Source>& chosen() const { return chosen_; }

 private:
  std::optional<Source> chosen_;
  FoundCameras others_;  ///< Present when `chosen_` was chosen.
  Timestamp next_at_ = kNever;
};

}  // namespace rtcbot::media
