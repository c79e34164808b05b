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
  /// The source of the pictures:
  /// "auto" (the first camera found; until one is plugged in, the test picture in the state `missing`), "test",
  /// "test:busy" (hard to encode, to fill a link),
  /// "/dev/videoN", "libcamera" or "libcamera:NAME",
  /// "rtsp://…" (the camera's first video stream), "rtspt://…" (over TCP only),
  /// "gst:DESCRIPTION" (any GStreamer description that ends in raw video, or in video that GStreamer can decode),
  /// "push" (the program calls `push`).
  std::string source = "auto";
  int width = 640;               ///< Pixels, 16 to 4096, even.
  int height = 480;              ///< Pixels, 16 to 4096, even.
  int frame_rate = 30;           ///< Frames per second, 1 to 120.
  std::string encoder = "auto";  ///< "auto" or the name of a row of the encoder table, for example "x264enc".
  /// Without a picture for this long, and for three picture intervals as configured and as measured, an open camera is
  /// `frozen` and is reopened.
  std::chrono::milliseconds frozen_after{1'000};
  /// True: waits for a device that does not exist (`missing`) or cannot be used (`failed`), and uses it when it can.
  bool may_be_missing = false;
  std::chrono::milliseconds linger{5'000};  ///< The camera stays open for this time after its last user left.
  std::string name{};                       ///< The camera's name in the log; empty: its source.
};

/// A raw picture: planar YUV 4:2:0 (I420), valid while `owner` is held. Cheap to copy.
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
  missing,  ///< The device does not exist. "auto" shows the test picture meanwhile.
  frozen,
  failed,
};
[[nodiscard]] std::string_view name_of(CameraState state);

struct CameraStats {
  CameraState state = CameraState::closed;
  std::string source;   ///< The source that "auto" chose; without passwords.
  std::string encoder;  ///< The element in use; empty if nothing is encoded.
  std::int64_t frames_captured = 0;
  std::int64_t frames_encoded = 0;
  std::int64_t frames_dropped_before_encoding = 0;  ///< No viewer had room, or the encoder was busy.
  std::int64_t key_frames_encoded = 0;
  std::int64_t reopened = 0;
  int viewers = 0;
};

/// A camera with its encoders. Opens for the first viewer or subscriber; closes `linger` after the last has left. A
/// camera that is unplugged or frozen is reported and reopened with back-off; its viewers stay attached.
/// Thread-safe. The destructor stops everything and waits for it (bounded by 5 s).
class Camera : public EncodedVideoSource {
 public:
  using OnState = std::function<void(CameraState, const Error* reason)>;
  using OnFrame = std::function<void(const RawFrame&)>;

  /// Checks the configuration and whether the source can exist. Does not open it.  Errors: bad_config, no_camera.
  [[nodiscard]] static Result<std::shared_ptr<Camera>> create(CameraConfig config, LogSink log = {});

  /// Delivers raw pictures, for computer vision and recording. Calls `on_frame` on the capture thread; it must not
  /// block.
  /// The subscription ends when the returned pointer is destroyed.
  [[nodiscard]] virtual std::shared_ptr<void> subscribe(OnFrame on_frame) = 0;

  /// Delivers the frames that are encoded for viewers, while there are viewers; for recording. Never opens the camera,
  /// starts an encoder or changes the picture's size. A listener joins in mid-stream: its first frame is a key frame
  /// only by chance, but it may request one.
  [[nodiscard]] virtual std::unique_ptr<EncodedVideoTap> listen(VideoCodec codec,
                                                                std::shared_ptr<EncodedFrameSink> sink) = 0;

  /// Sets the one listener for states. Called from any thread; must not block. A new reason for the same state is
  /// reported too. A camera that is not closed reports its state to a new listener immediately.
  virtual void on_state(OnState on_state) = 0;

  /// Gives a "push" camera one I420 picture of the configured size; copies it. The newest picture replaces older ones.
  /// Errors: invalid_state (another kind of source), bad_config (size of `i420` is not width*height*3/2).
  virtual Result<void> push(std::span<const std::uint8_t> i420, Timestamp captured_at) = 0;

  [[nodiscard]] virtual CameraStats stats() const = 0;
  [[nodiscard]] virtual const CameraConfig& config() const = 0;
};

/// The cameras that exist now, in the form of `CameraConfig::source`. Opens each V4L2 device briefly.
[[nodiscard]] std::vector<std::string> cameras_here();

/// The names that `CameraConfig::encoder` can have besides "auto", the preferred ones first.
[[nodiscard]] std::vector<std::string> encoder_names();

/// Encodes one picture of the configured size with `config.encoder`. "auto" always succeeds.
/// Errors: no_encoder, with the reason and, after ": ", the remedy.
[[nodiscard]] Result<void> check_encoder(const CameraConfig& config);

}  // namespace rtcbot::media
