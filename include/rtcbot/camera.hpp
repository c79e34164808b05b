#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/error.hpp"
#include "rtcbot/flow/switched_video.hpp"
#include "rtcbot/media/camera.hpp"
#include "rtcbot/subscriptions.hpp"

namespace rtcbot {

/// A raw picture, planar YUV 4:2:0. Cheap to copy: copies share the pixels.
using VideoFrame = media::RawFrame;

/// State of a camera: closed (nobody watches), opening, running, missing ("auto" shows the test picture), frozen,
/// failed.
using CameraState = media::CameraState;

/// A camera and its encoders. Encodes each frame once for all viewers, and nothing while nobody watches.
///
/// A handle: copies refer to the same camera. Thread-safe. The device opens for the first viewer or subscriber and
/// closes some seconds after the last has left. While somebody uses the camera, a failed device is reopened.
class Camera {
 public:
  using Options = media::CameraConfig;
  using Stats = media::CameraStats;

  /// The first camera found, or a test picture with a clock if there is none; 640x480 at 30 frames/s.
  Camera();

  /// @throws Error bad_config, no_camera.
  explicit Camera(Options options);

  /// Returns a subscription that holds the newest picture. It ends when the returned pointer is destroyed.
  [[nodiscard]] std::shared_ptr<MostRecentSubscription<VideoFrame>> subscribe() const;

  /// Calls `callback` with the newest picture, on the callback thread, until the returned pointer is destroyed.
  [[nodiscard]] std::shared_ptr<void> subscribe(std::function<void(VideoFrame)> callback) const;

  /// Returns the current picture as a JPEG of at most 320 pixels width and 32 KiB. Opens the camera if it is closed,
  /// and waits at most `limit` for a picture.  Errors: timeout, no_encoder, too_large, internal.
  [[nodiscard]] Result<std::string> try_snapshot(std::chrono::milliseconds limit) const;

  /// Calls `callback` on the callback thread at each change of state; `reason` says what is wrong and what to do.
  /// Has one listener; a new one replaces it.
  void on_state(std::function<void(CameraState, std::optional<Error> reason)> callback) const;

  [[nodiscard]] Stats stats() const;

  /// For the library's own use: the camera behind the handle.
  [[nodiscard]] const std::shared_ptr<media::Camera>& source() const { return camera_; }

 protected:
  explicit Camera(std::shared_ptr<media::Camera> camera) : camera_(std::move(camera)) {}

 private:
  std::shared_ptr<media::Camera> camera_;
};

/// One viewer's selection among several cameras. Only the selected camera is encoded and sent for this viewer.
///
/// Make one for each connection. A handle: copies refer to the same selection. Thread-safe.
class CameraSwitch {
 public:
  /// Starts with the first camera.  @throws Error bad_config if `cameras` is empty.
  explicit CameraSwitch(const std::vector<Camera>& cameras);

  /// Selects another camera. Ignores an index that is out of range.
  void show(std::size_t index) const;

  /// For the library's own use: the selection behind the handle.
  [[nodiscard]] const std::shared_ptr<SwitchedVideo>& source() const { return source_; }

 private:
  std::shared_ptr<SwitchedVideo> source_;
};

/// A camera whose pictures the program supplies. @see CVCamera for OpenCV pictures.
class PushCamera : public Camera {
 public:
  /// @throws Error bad_config.
  PushCamera(int width, int height, int frame_rate = 30);

  /// Shows one I420 picture: width*height bytes of luma, then two chroma planes of a quarter of that size each. Copies
  /// it; the newest picture replaces older ones.
  /// @throws Error bad_config if the size is not width*height*3/2.
  void put_nowait(std::span<const std::uint8_t> i420);
};

}  // namespace rtcbot
