#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

/// What an open source of pictures says, from its own thread. Calls must not block and must not destroy the source.
struct CaptureEvents {
  std::function<void(const RawFrame&)> on_picture;  ///< Of the configured size.
  std::function<void(Error)> on_failure;            ///< It delivers nothing any more. At most once.
};

/// An open source of pictures; destroying it closes it and waits for its thread (at most 2 s for a driver that hangs).
class Capture {
 public:
  Capture() = default;
  virtual ~Capture() = default;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
};

/// Opens a source. May take as long as its deadline (5 s).
using CaptureFactory = std::function<Result<std::unique_ptr<Capture>>(CaptureEvents)>;

struct PictureFormat {
  int width = 0;
  int height = 0;
  int frame_rate = 30;
};

/// The variants of the test picture.
enum class TestPictureKind {
  bars,
  busy,       ///< With a background that is hard to encode.
  no_camera,  ///< Bars, and a line that says that no camera was found.
};

/// The test picture, drawn on a thread of its own by absolute deadlines.
[[nodiscard]] Result<std::unique_ptr<Capture>> open_test_capture(const PictureFormat& format, TestPictureKind kind,
                                                                 CaptureEvents events);

/// A GStreamer description that ends in raw video, or in encoded video if `decode`.
struct GstSource {
  std::string description;
  bool decode = false;
};
/// Errors: camera_failed, no_camera, bad_config, internal.
[[nodiscard]] Result<std::unique_ptr<Capture>> open_gst_capture(const GstSource& source, const PictureFormat& format,
                                                                CaptureEvents events, const LogSink& log);

/// The whole pipeline that `open_gst_capture` runs, ending in an appsink named "out".
[[nodiscard]] std::string capture_pipeline(const GstSource& source, const PictureFormat& format);

}  // namespace rtcbot::media
