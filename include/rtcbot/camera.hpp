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

/// A raw picture, planar YUV 4:2:0. A cheap value: copies share the pixels.
using VideoFrame = media::RawFrame;

/// What a camera is doing: closed (nobody watches), opening, running, frozen, failed.
using CameraState = media::CameraState;

/// A camera and its encoders: encodes once however many watch, and not at all when nobody does.
///
/// A cheap handle: copies are the same camera. Thread-safe. The device opens when the first viewer or subscriber comes
/// and closes some seconds after the last has left. A camera that fails is reopened for as long as it is wanted.
class Camera {
 public:
  using Options = media::CameraConfig;
  using Stats = media::CameraStats;

  /// The first real camera, or the test picture with a clock where there is none; 640x480 at 30.
  Camera();

  /// @throws Error bad_config, no_camera.
  explicit Camera(Options options);

  /// A subscription that holds the newest picture. Ends when the returned pointer is dropped.
  [[nodiscard]] std::shared_ptr<MostRecentSubscription<VideoFrame>> subscribe() const;

  /// Calls `callback` with the newest picture, on the callback thread, until the returned pointer is dropped.
  [[nodiscard]] std::shared_ptr<void> subscribe(std::function<void(VideoFrame)> callback) const;

  /// One picture of now as a JPEG, at most 320 pixels wide and 32 KiB large. Opens the camera if it is closed; waits
  /// for it, at most `limit`.  Errors: timeout, no_encoder, too_large, internal.
  [[nodiscard]] Result<std::string> try_snapshot(std::chrono::milliseconds limit) const;

  /// Calls `callback` on the callback thread at each change; `reason` says what is wrong and what to do about it.
  /// One listener; a new one replaces the old.
  void on_state(std::function<void(CameraState, std::optional<Error> reason)> callback) const;

  [[nodiscard]] Stats stats() const;

  /// For the library: the camera behind the handle.
  [[nodiscard]] const std::shared_ptr<media::Camera>& source() const { return camera_; }

 protected:
  explicit Camera(std::shared_ptr<media::Camera> camera) : camera_(std::move(camera)) {}

 private:
  std::shared_ptr<media::Camera> camera_;
};

/// One viewer's choice among several cameras: the one that is shown is sent, the others cost nothing.
///
/// Make one for each connection. A cheap handle: copies are the same choice. Thread-safe.
class CameraSwitch {
 public:
  /// The first is shown first.  @throws Error bad_config when there is none.
  explicit CameraSwitch(const std::vector<Camera>& cameras);

  /// Shows another from now on. An index out of range changes nothing.
  void show(std::size_t index) const;

  /// For the library: the choice behind the handle.
  [[nodiscard]] const std::shared_ptr<SwitchedVideo>& source() const { return source_; }

 private:
  std::shared_ptr<SwitchedVideo> source_;
};

/// A camera whose pictures the program makes itself. @see CVCamera for OpenCV's.
class PushCamera : public Camera {
 public:
  /// @throws Error bad_config.
  PushCamera(int width, int height, int frame_rate = 30);

  /// Shows one I420 picture: width*height bytes of luma, then a quarter of that twice. Copied; the newest wins.
  /// @throws Error bad_config when the size is not width*height*3/2.
  void put_nowait(std::span<const std::uint8_t> i420);
};

}  // namespace rtcbot
