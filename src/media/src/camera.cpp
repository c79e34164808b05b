#include "rtcbot/media/camera.hpp"

#include <cstdlib>

#include "absence.hpp"
#include "auto_source.hpp"
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
    std::string names = "auto";
    for (const auto& name : encoder_names()) names.append(", ").append(name);
    return fail(Errc::bad_config, "\"" + config.encoder + "\" is not an encoder; use one of " + names);
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

/// Checks whether the source can exist, without opening it.
Result<void> check_source(const Source& source, const PictureFormat& format, bool may_be_missing) {
  switch (source.kind) {
    case SourceKind::v4l2: {
      const auto absence = may_be_missing ? std::nullopt : absence_of_device(source.target);
      if (absence) return fail(absence->reason);
      return require_element("v4l2src", "gstreamer1.0-plugins-good");
    }
    case SourceKind::libcamera: {
      if (auto installed = require_element("libcamerasrc", "gstreamer1.0-libcamera"); !installed) return installed;
      const auto absence = may_be_missing ? std::nullopt : LibcameraWatch().absence();
      if (absence) return fail(absence->reason);
      return {};
    }
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

/// @pre not automatic, not push.
Result<std::unique_ptr<Capture>> open_source(const Source& source, const PictureFormat& format, CaptureEvents events,
                                             const LogSink& log) {
  if (source.kind == SourceKind::test) {
    const auto kind = source.target.empty() ? TestPictureKind::bars : TestPictureKind::busy;
    return open_test_capture(format, kind, std::move(events));
  }
  // Queried each time, because another camera may have the same path.
  const auto modes = source.kind == SourceKind::v4l2 ? video_modes(source.target) : std::vector<VideoMode>();
  return open_gst_capture(describe_source(source, modes, format), format, std::move(events), log);
}

std::shared_ptr<AutoSource> find_source(const PictureFormat& format, const LogSink& log) {
  const char* list = std::getenv("RTCBOT_CAMERA_LIST");
  auto finder = std::make_shared<CameraFinder>(list != nullptr ? list : "", log);
  auto open = [format, log](const std::optional<Source>& chosen, CaptureEvents events) {
    if (chosen) return open_source(*chosen, format, std::move(events), log);
    return open_test_capture(format, TestPictureKind::no_camera, std::move(events));
  };
  auto source = std::make_shared<AutoSource>([finder] { return finder->find(); }, std::move(open), log);
  source->look();
  return source;
}

/// Looks whether the source can be opened; empty for a source of which this is unknown before it is opened.
std::function<std::optional<Absence>()> absence_of(const Source& source) {
  std::function<std::optional<Absence>()> look;
  if (source.kind == SourceKind::v4l2) look = [path = source.target] { return absence_of_device(path); };
  if (source.kind == SourceKind::libcamera) {
    look = [watch = std::make_shared<LibcameraWatch>()] { return watch->absence(); };
  }
  if (!look) return {};
  return [look]() -> std::optional<Absence> {
    auto absence = look();
    if (!absence || absence->state != CameraState::missing) return absence;
    return Absence{absence->state,
                   Error(absence->reason.code(), absence->reason.what() + std::string("; waiting for it"))};
  };
}

CameraOrigin origin_of(const Source& source, const PictureFormat& format, const LogSink& log) {
  if (source.kind == SourceKind::automatic) {
    auto search = find_source(format, log);
    return {.name = shown_as(source),
            .open = [search](CaptureEvents events) { return search->open(std::move(events)); },
            .search = search};
  }
  if (source.kind == SourceKind::push) {
    auto port = std::make_shared<PushPort>(format.width, format.height);
    return {.name = shown_as(source),
            .open = [port](CaptureEvents events) -> Result<std::unique_ptr<Capture>> {
              return port->open(std::move(events));
            },
            .port = port};
  }
  return {.name = shown_as(source),
          .open = [source, format,
                   log](CaptureEvents events) { return open_source(source, format, std::move(events), log); },
          .absence = absence_of(source)};
}

}  // namespace

std::string_view name_of(CameraState state) {
  switch (state) {
    case CameraState::closed: return "closed";
    case CameraState::opening: return "opening";
    case CameraState::running: return "running";
    case CameraState::missing: return "missing";
    case CameraState::frozen: return "frozen";
    case CameraState::failed: return "failed";
  }
  return "closed";
}

Result<std::shared_ptr<Camera>> Camera::create(CameraConfig config, LogSink log) {
  if (auto checked = check(config); !checked) return fail(checked.error());
  auto source = parse_source(config.source);
  if (!source) return fail(source.error());
  const PictureFormat format{config.width, config.height, config.frame_rate};
  if (auto checked = check_source(*source, format, config.may_be_missing); !checked) return fail(checked.error());
  CameraOrigin origin = origin_of(*source, format, log);
  return std::make_shared<CameraImpl>(std::move(config), std::move(origin), std::move(log));
}

}  // namespace rtcbot::media
