#pragma once

#include <optional>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "source.hpp"

namespace rtcbot::media {

/// Decides which camera "auto" shows. Until a camera has been found, the test picture is shown and `found` is asked
/// for regularly. A camera that was shown and is unplugged is not replaced by the test picture, which would hide the
/// failure, nor by a camera that shows another view: one that was present when this one was chosen. It is replaced by
/// one that appears later, since a USB camera often returns under another name.
/// Pure; not thread-safe.
class CameraSearch {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(1'000);

  /// The source is about to be opened, and these cameras exist.  @return the camera to open; empty: the test picture.
  [[nodiscard]] const std::optional<Source>& choose(Timestamp now, const FoundCameras& found);

  /// Whether the test picture, which is shown, should give way to one of these cameras.
  [[nodiscard]] bool replaces_test_picture(Timestamp now, const FoundCameras& found);

  /// When `replaces_test_picture` is due; `kNever` once a camera has been chosen.
  [[nodiscard]] Timestamp next_at() const { return next_at_; }

  [[nodiscard]] const std::optional<Source>& chosen() const { return chosen_; }

 private:
  std::optional<Source> chosen_;
  FoundCameras others_;  ///< Present when `chosen_` was chosen.
  Timestamp next_at_ = kNever;
};

}  // namespace rtcbot::media
