#include "source.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>
#include <utility>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/redact.hpp"
#include "rtsp_address.hpp"

namespace rtcbot::media {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kRawFormats = {{{"YUYV", "YUY2"},
                                                                                       {"UYVY", "UYVY"},
                                                                                       {"NV12", "NV12"},
                                                                                       {"YU12", "I420"},
                                                                                       {"YV12", "YV12"},
                                                                                       {"RGB3", "RGB"},
                                                                                       {"BGR3", "BGR"},
                                                                                       {"GREY", "GRAY8"}}};

constexpr std::size_t kMaxListedCameras = 16;

std::string_view raw_format(std::string_view fourcc) {
  const auto* found =
      std::find_if(kRawFormats.begin(), kRawFormats.end(), [fourcc](const auto& pair) { return pair.first == fourcc; });
  return found == kRawFormats.end() ? std::string_view() : found->second;
}

/// Raw 0, MJPEG 1, H.264 2, unknown 3.
int rank_of_format(std::string_view fourcc) {
  if (!raw_format(fourcc).empty()) return 0;
  if (fourcc == "MJPG" || fourcc == "JPEG") return 1;
  return fourcc == "H264" ? 2 : 3;
}

/// Smaller is better, compared from the left.
std::tuple<int, int, int, int> badness(const VideoMode& mode, const PictureFormat& format) {
  const bool covers = mode.width >= format.width && mode.height >= format.height;
  const int distance = std::abs(mode.width * mode.height - format.width * format.height);
  const bool slow = mode.frame_rate + 0.5 < format.frame_rate;
  const int missing = slow ? static_cast<int>(std::ceil(format.frame_rate - mode.frame_rate)) : 0;
  return {covers ? 0 : 1, slow ? missing : 0, distance, rank_of_format(mode.fourcc)};
}

/// Quotes a text so that gst_parse_launch takes it as one value.
std::string launch_text(std::string_view text) {
  std::string result(1, '"');
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  result += '"';
  return result;
}

GstSource describe_v4l2(const std::string& device, const std::vector<VideoMode>& modes, const PictureFormat& format) {
  const std::string source = "v4l2src device=" + launch_text(device);
  const std::size_t chosen = choose_mode(modes, format);
  if (chosen == modes.size()) return {source, true};
  const VideoMode& mode = modes[chosen];
  const std::string size =
      std::string(",width=") + std::to_string(mode.width) + ",height=" + std::to_string(mode.height);
  const auto most = static_cast<int>(std::lround(std::min<double>(mode.frame_rate, format.frame_rate)));
  // A whole rate if the device has it; devices with other rates (7.5, 29.97) choose the nearest themselves.
  const std::string rate = std::string(",framerate=[1/1,") + std::to_string(std::max(1, most)) + "/1]";
  switch (rank_of_format(mode.fourcc)) {
    case 0: return {source + " ! video/x-raw,format=" + std::string(raw_format(mode.fourcc)) + size + rate, false};
    case 1: return {source + " ! image/jpeg" + size + rate + " ! jpegdec", false};
    default: return {source + " ! video/x-h264" + size + rate, true};
  }
}

}  // namespace

Result<Source> parse_source(std::string_view text) {
  const auto rest = [text](std::size_t n) { return std::string(text.substr(n)); };
  if (text == "auto") return Source{SourceKind::automatic, ""};
  if (text == "test") return Source{SourceKind::test, ""};
  if (text == "test:busy") return Source{SourceKind::test, "busy"};
  if (text == "push") return Source{SourceKind::push, ""};
  if (text == "libcamera") return Source{SourceKind::libcamera, ""};
  if (text.starts_with("libcamera:") && text.size() > 10) return Source{SourceKind::libcamera, rest(10)};
  if (text.starts_with("/dev/") && text.size() > 5) return Source{SourceKind::v4l2, rest(0)};
  if (is_rtsp_address(text) && !text.ends_with("://")) {
    if (auto checked = check_rtsp_address(text); !checked) return fail(checked.error());
    return Source{SourceKind::rtsp, rest(0)};
  }
  if (text.starts_with("gst:") && text.size() > 4) return Source{SourceKind::gst, rest(4)};
  return fail(Errc::bad_config,
              std::string("\"").append(excerpt(without_passwords(text), 80)) +
                  "\" is not a camera; use auto, test, test:busy, /dev/videoN, libcamera, libcamera:NAME, "
                  "rtsp://ADDRESS, rtspt://ADDRESS or gst:DESCRIPTION");
}

std::string text_of(const Source& source) {
  switch (source.kind) {
    case SourceKind::automatic: return "auto";
    case SourceKind::test: return source.target.empty() ? "test" : "test:" + source.target;
    case SourceKind::push: return "push";
    case SourceKind::libcamera: return source.target.empty() ? "libcamera" : "libcamera:" + source.target;
    case SourceKind::v4l2:
    case SourceKind::rtsp: return source.target;
    case SourceKind::gst: return "gst:" + source.target;
  }
  return "";
}

Result<FoundCameras> parse_camera_list(std::string_view text) {
  FoundCameras cameras;
  while (!text.empty() && cameras.size() < kMaxListedCameras) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    auto source = parse_source(line);
    if (!source) return fail(source.error());
    if (source->kind == SourceKind::automatic || source->kind == SourceKind::push) {
      return fail(Errc::bad_config, "a list of cameras cannot contain \"" + text_of(*source) + "\"");
    }
    cameras.push_back(std::move(*source));
  }
  return cameras;
}

std::string shown_as(const Source& source) { return without_passwords(text_of(source)); }

std::size_t choose_mode(const std::vector<VideoMode>& modes, const PictureFormat& format) {
  std::size_t best = modes.size();
  for (std::size_t i = 0; i < modes.size(); ++i) {
    if (rank_of_format(modes[i].fourcc) > 2) continue;
    if (best == modes.size() || badness(modes[i], format) < badness(modes[best], format)) best = i;
  }
  return best;
}

GstSource describe_source(const Source& source, const std::vector<VideoMode>& modes, const PictureFormat& format) {
  switch (source.kind) {
    case SourceKind::v4l2: return describe_v4l2(source.target, modes, format);
    case SourceKind::libcamera: {
      const std::string name =
          source.target.empty() ? std::string() : std::string(" camera-name=").append(launch_text(source.target));
      return {"libcamerasrc" + name + " ! video/x-raw,width=" + std::to_string(format.width) +
                  ",height=" + std::to_string(format.height) + ",framerate=" + std::to_string(format.frame_rate) + "/1",
              false};
    }
    case SourceKind::rtsp:
      return {"rtspsrc name=" + std::string(kRtspElement) +
                  " latency=0 drop-on-latency=true location=" + launch_text(source.target),
              true};
    default: return {source.target, true};
  }
}

}  // namespace rtcbot::media
