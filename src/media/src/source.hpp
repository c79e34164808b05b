#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "capture.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::media {

enum class SourceKind { automatic, test, push, v4l2, libcamera, rtsp, gst };

/// A camera's source, taken apart.
struct Source {
  SourceKind kind = SourceKind::test;
  std::string target;  ///< Device path, libcamera name, RTSP address or GStreamer description, "busy"; else empty.
  friend bool operator==(const Source&, const Source&) = default;
};

/// Reads `CameraConfig::source`.  Errors: bad_config, naming the forms there are.
[[nodiscard]] Result<Source> parse_source(std::string_view text);

/// The source as `CameraConfig::source` writes it.
[[nodiscard]] std::string text_of(const Source& source);

/// The same for logs and statistics: without passwords.
[[nodiscard]] std::string shown_as(const Source& source);

/// What an RTSP camera's element is called in the description.
inline constexpr std::string_view kRtspElement = "rtsp-camera";

/// The cameras that exist now, the preferred one first.
using FoundCameras = std::vector<Source>;

/// Reads a list of cameras, one source on each line; empty lines and those that begin with '#' are skipped. At most 16.
/// Errors: bad_config, for a line that is not the source of a camera.
[[nodiscard]] Result<FoundCameras> parse_camera_list(std::string_view text);

/// One way in which a V4L2 device can deliver.
struct VideoMode {
  std::string fourcc;  ///< As V4L2 spells it: "YUYV", "MJPG", "H264", …
  int width = 0;
  int height = 0;
  double frame_rate = 0;  ///< The fastest at this size.
  friend bool operator==(const VideoMode&, const VideoMode&) = default;
};

/// The best mode for `format`, as an index: one of that size (or the smallest that is larger, else the largest) and
/// fast enough; among those raw before MJPEG before H.264, since decoding costs time. `modes.size()` when nothing is
/// usable.
[[nodiscard]] std::size_t choose_mode(const std::vector<VideoMode>& modes, const PictureFormat& format);

/// What to hand to GStreamer.  @param modes of the device, for V4L2; may be empty.  @pre not automatic, test or push.
[[nodiscard]] GstSource describe_source(const Source& source, const std::vector<VideoMode>& modes,
                                        const PictureFormat& format);

}  // namespace rtcbot::media
