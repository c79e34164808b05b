#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/encoded_video.hpp"

namespace rtcbot::media {

struct CameraConfig {
  /// Where pictures come from:
  /// "auto" (the first real camera; until one is plugged in, the test picture in the state `missing`), "test",
  /// "test:busy" (hard to encode, to fill a link),
  /// "/dev/videoN", "libcamera" or "libcamera:NAME",
  /// "rtsp://…" (of the camera's streams the first with video), "rtspt://…" (by TCP alone),
  /// "gst:DESCRIPTION" (any GStreamer description that ends in raw or encoded-and-decodable video), "push"
  /// (the program gives them with `push`).
  std::string source = "auto";
  int width = 640;               ///< Pixels, 16 to 4096, even.
  int height = 480;              ///< Pixels, 16 to 4096, even.
  int frame_rate = 30;           ///< Frames per second, 1 to 120.
  std::string encoder = "auto";  ///< "auto" or the name of one row of the encoder table, e.g. "x264enc".
  /// No picture for this long while open, nor for three pictures' time, as configured and as measured: `frozen`, and
  /// reopened.
  std::chrono::milliseconds frozen_after{1'000};
  bool may_be_missing =
      false;  ///< A device that is not there, or may not be opened, is waited for: `failed` till then.
  std::chrono::milliseconds linger{5'000};  ///< How long the camera stays open after the last user left.
};

/// A raw picture: planar YUV 4:2:0 (I420), valid as long as `owner` is held. A cheap value.
struct RawFrame {
  std::shared_ptr<const void> owner;
  int width = 0;
  int height = 0;
  std::span<const std::uint8_t> y, u, v;
  int stride_y = 0, stride_u = 0, stride_v = 0;
  Timestamp captured_at{};
};

enum class CameraState {
  closed,
  opening,
  running,
  missing,  ///< "auto" has found no camera yet, and shows the test picture.
  frozen,
  failed,
};
[[nodiscard]] std::string_view name_of(CameraState state);

struct CameraStats {
  CameraState state = CameraState::closed;
  std::string source;   ///< What "auto" chose; without passwords.
  std::string encoder;  ///< The element in use, empty when nothing is encoded.
  std::int64_t frames_captured = 0;
  std::int64_t frames_encoded = 0;
  std::int64_t frames_dropped_before_encoding = 0;  ///< No viewer had room, or the encoder was busy.
  std::int64_t key_frames_encoded = 0;
  std::int64_t reopened = 0;
  int viewers = 0;
};

/// A camera with its encoders. Opens when somebody attaches or subscribes, closes when nobody is left for `linger`.
/// A camera that is unplugged or frozen is reported, reopened with back-off, and its viewers stay attached.
/// Thread-safe. The destructor stops everything and waits for it (bounded by 5 s).
class Camera : public EncodedVideoSource {
 public:
  using OnState = std::function<void(CameraState, const Error* reason)>;
  using OnFrame = std::function<void(const RawFrame&)>;

  /// Checks the configuration and that the source can exist; opens nothing yet.  Errors: bad_config, no_camera.
  [[nodiscard]] static Result<std::shared_ptr<Camera>> create(CameraConfig config, LogSink log = {});

  /// Raw pictures for computer vision and recording; called on the capture thread, must not block.
  /// Returns a subscription that ends when the pointer is dropped.
  [[nodiscard]] virtual std::shared_ptr<void> subscribe(OnFrame on_frame) = 0;

  /// Gives the sink what is encoded for viewers, for as long as there are some: for recording. Nothing is opened,
  /// encoded or made smaller for it. It joins in mid-stream: the first frame is a key frame only by chance, but may be
  /// asked for.
  [[nodiscard]] virtual std::unique_ptr<EncodedVideoTap> listen(VideoCodec codec,
                                                                std::shared_ptr<EncodedFrameSink> sink) = 0;

  /// One state listener, called from any thread, must not block. Called with the same state again where the reason is
  /// another.
  virtual void on_state(OnState on_state) = 0;

  /// Gives one I420 picture of the configured size to a "push" camera; copied. Newest wins.  Errors: invalid_state
  /// (another kind of source), bad_config (size of `i420` is not width*height*3/2).
  virtual Result<void> push(std::span<const std::uint8_t> i420, Timestamp captured_at) = 0;

  [[nodiscard]] virtual CameraStats stats() const = 0;
  [[nodiscard]] virtual const CameraConfig& config() const = 0;
};

}  // namespace rtcbot::media
