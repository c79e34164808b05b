#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "capture.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::media {

enum class SourceKind { automatic, test, push, v4l2, libcamera, rtsp, gst };

/// A camera's source, parsed.
struct Source {
  SourceKind kind = SourceKind::test;
  std::string target;  ///< Device path, libcamera name, RTSP address or GStreamer description, "busy"; else empty.
  friend bool operator==(const Source&, const Source&) = default;
};

/// Parses `CameraConfig::source`.  Errors: bad_config, which lists the possible forms.
[[nodiscard]] Result<Source> parse_source(std::string_view text);

/// The source in the form of `CameraConfig::source`.
[[nodiscard]] std::string text_of(const Source& source);

/// The same for logs and statistics: without passwords.
[[nodiscard]] std::string shown_as(const Source& source);

/// The name of an RTSP camera's element in the description.
inline constexpr std::string_view kRtspElement = "rtsp-camera";

/// The cameras that exist now, the preferred one first.
using FoundCameras = std::vector<Source>;

/// Parses a list of cameras, one source on each line; skips empty lines and lines that begin with '#'. At most 16.
/// Errors: bad_config for a line that is not a camera's source.
[[nodiscard]] Result<FoundCameras> parse_camera_list(std::string_view text);

/// One video mode of a V4L2 device.
struct VideoMode {
  std::string fourcc;  ///< V4L2's code: "YUYV", "MJPG", "H264", …
  int width = 0;
  int height = 0;
  double frame_rate = 0;  ///< The highest at this size.
  friend bool operator==(const VideoMode&, const VideoMode&) = default;
};

/// The index of the best mode for `format`: of that size (or the smallest larger one, otherwise the largest) and fast
/// enough. Among those, raw before MJPEG before H.264, because decoding costs time. `modes.size()` if no mode is
/// usable.
[[nodiscard]] std::size_t choose_mode(const std::vector<VideoMode>& modes, const PictureFormat& format);

/// The GStreamer description of a source.  @param modes of the device, for V4L2; may be empty.  @pre not automatic,
/// test or push.
[[nodiscard]] GstSource describe_source(const Source& source, const std::vector<VideoMode>& modes,
                                        const PictureFormat& format);

}  // namespace rtcbot::media
