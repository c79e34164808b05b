#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

/// Callbacks of an open source, on its own thread. They must not block and must not destroy the source.
struct CaptureEvents {
  std::function<void(const RawFrame&)> on_picture;  ///< Of the configured size.
  std::function<void(Error)> on_failure;            ///< The source delivers no further pictures. At most once.
};

/// An open source of pictures. The destructor closes it and waits for its thread (at most 2 s for a driver that hangs).
class Capture {
 public:
  Capture() = default;
  virtual ~Capture() = default;
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
};

/// Opens a source. Takes at most 5 s.
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
  no_camera,  ///< Bars, and a line with the message that no camera was found.
};

/// Opens the test picture. Its own thread draws at absolute times.
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

/// The pipeline that `open_gst_capture` runs. It ends in an appsink named "out".
[[nodiscard]] std::string capture_pipeline(const GstSource& source, const PictureFormat& format);

}  // namespace rtcbot::media
