#include "rtcbot/media/camera.hpp"

#include <filesystem>

#include "camera_impl.hpp"
#include "find_cameras.hpp"
#include "gst.hpp"
#include "source.hpp"

namespace rtcbot::media {
namespace {

Result<void> check(const CameraConfig& config) {
  const auto bad_size = [](int size) { return size < 16 || size > 4096 || size % 2 != 0; };
  if (bad_size(config.width) || bad_size(config.height)) {
    return fail(Errc::bad_config, "a camera's width and height are even numbers from 16 to 4096");
  }
  if (config.frame_rate < 1 || config.frame_rate > 120) {
    return fail(Errc::bad_config, "a camera's frame rate is 1 to 120 a second");
  }
  if (config.encoder != "auto" && !is_encoder_name(config.encoder)) {
    return fail(Errc::bad_config, "\"" + config.encoder + "\" is not an encoder; use auto, or for example x264enc");
  }
  if (config.frozen_after <= std::chrono::milliseconds(0) || config.linger < std::chrono::milliseconds(0)) {
    return fail(Errc::bad_config, "frozen_after must be positive and linger not negative");
  }
  return {};
}

Result<void> require_element(const std::string& element, const std::string& package) {
  if (auto started = start_gstreamer(); !started) return started;
  if (has_element(element)) return {};
  return fail(Errc::no_camera, "GStreamer's " + element + " is not installed; install " + package);
}

/// Whether the source can exist, as far as that can be told without opening it.
Result<void> check_source(const Source& source, const PictureFormat& format, bool may_be_missing) {
  switch (source.kind) {
    case SourceKind::v4l2: {
      std::error_code ignored;
      if (may_be_missing) return require_element("v4l2src", "gstreamer1.0-plugins-good");
      if (!std::filesystem::exists(source.target, ignored)) {
        return fail(Errc::no_camera, source.target + " does not exist; is the camera plugged in?");
      }
      if (!can_capture(source.target)) {
        return fail(Errc::no_camera, source.target +
                                         " does not capture video, or may not be opened; is its user in the "
                                         "group video, or is it a camera's metadata node?");
      }
      return require_element("v4l2src", "gstreamer1.0-plugins-good");
    }
    case SourceKind::libcamera: return require_element("libcamerasrc", "gstreamer1.0-libcamera");
    case SourceKind::rtsp: return require_element("rtspsrc", "gstreamer1.0-plugins-good");
    case SourceKind::gst: {
      if (auto started = start_gstreamer(); !started) return started;
      const auto parsed = parse_pipeline(capture_pipeline(describe_source(source, {}, format), format));
      if (!parsed) return fail(parsed.error());
      return {};
    }
    case SourceKind::automatic:
    case SourceKind::test:
    case SourceKind::push: return {};
  }
  return {};
}

CaptureFactory factory_of(const Source& source, const PictureFormat& format, const std::shared_ptr<PushPort>& port,
                          const LogSink& log) {
  if (port) {
    return [port](CaptureEvents events) -> Result<std::unique_ptr<Capture>> { return port->open(std::move(events)); };
  }
  if (source.kind == SourceKind::test) {
    const bool busy = !source.target.empty();
    return [format, busy](CaptureEvents events) { return open_test_capture(format, busy, std::move(events)); };
  }
  return [source, format, log](CaptureEvents events) {
    // Asked anew each time: another camera may be at the same place.
    const auto modes = source.kind == SourceKind::v4l2 ? video_modes(source.target) : std::vector<VideoMode>();
    return open_gst_capture(describe_source(source, modes, format), format, std::move(events), log);
  };
}

}  // namespace

std::string_view name_of(CameraState state) {
  switch (state) {
    case CameraState::closed: return "closed";
    case CameraState::opening: return "opening";
    case CameraState::running: return "running";
    case CameraState::frozen: return "frozen";
    case CameraState::failed: return "failed";
  }
  return "closed";
}

Result<std::shared_ptr<Camera>> Camera::create(CameraConfig config, LogSink log) {
  if (auto checked = check(config); !checked) return fail(checked.error());
  auto source = parse_source(config.source);
  if (!source) return fail(source.error());
  if (source->kind == SourceKind::automatic) {
    source = choose_source(find_cameras());
    const bool none = source->kind == SourceKind::test;
    const std::string found =
        none ? "no camera found; the test picture is shown until the next start. Name a camera that comes late "
               "(--camera /dev/video0): the service then tries until it is there"
             : "camera found: " + text_of(*source);
    if (log) log({none ? LogLevel::warning : LogLevel::info, "media", found});
  }
  const PictureFormat format{config.width, config.height, config.frame_rate};
  if (auto checked = check_source(*source, format, config.may_be_missing); !checked) return fail(checked.error());
  std::shared_ptr<PushPort> port;
  if (source->kind == SourceKind::push) port = std::make_shared<PushPort>(config.width, config.height);
  CaptureFactory open = factory_of(*source, format, port, log);
  return std::make_shared<CameraImpl>(std::move(config), text_of(*source), std::move(open), std::move(port),
                                      std::move(log));
}

}  // namespace rtcbot::media
