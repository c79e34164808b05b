#include "find_cameras.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "gst.hpp"

namespace rtcbot::media {
namespace {

/// A device file, closed in the end.
class Device {
 public:
  explicit Device(const std::string& path) : file_(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)) {}
  ~Device() {
    if (file_ >= 0) ::close(file_);
  }
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  template <class T>
  [[nodiscard]] bool ask(unsigned long request, T& answer) const {
    return file_ >= 0 && ::ioctl(file_, request, &answer) == 0;
  }

 private:
  int file_;
};

std::string fourcc_text(std::uint32_t code) {
  std::string text;
  for (int i = 0; i < 4; ++i) text += static_cast<char>((code >> (8 * i)) & 0xff);
  return text;
}

/// Frames per second of the fastest mode at this size; 30 where the device does not say.
double fastest(const Device& device, std::uint32_t code, std::uint32_t width, std::uint32_t height) {
  double best = 0;
  v4l2_frmivalenum interval{};
  interval.pixel_format = code;
  interval.width = width;
  interval.height = height;
  for (; interval.index < 64 && device.ask(VIDIOC_ENUM_FRAMEINTERVALS, interval); ++interval.index) {
    const v4l2_fract shortest = interval.type == V4L2_FRMIVAL_TYPE_DISCRETE ? interval.discrete : interval.stepwise.min;
    if (shortest.numerator > 0) best = std::max(best, double(shortest.denominator) / double(shortest.numerator));
    if (interval.type != V4L2_FRMIVAL_TYPE_DISCRETE) break;
  }
  return best > 0 ? best : 30.0;
}

/// A device with a range of sizes is offered at the usual ones within it.
constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 7> kUsualSizes = {
    {{320, 240}, {640, 360}, {640, 480}, {1280, 720}, {1920, 1080}, {2560, 1440}, {3840, 2160}}};

void add_sizes(const Device& device, std::uint32_t code, std::vector<VideoMode>& modes) {
  const auto add = [&](std::uint32_t width, std::uint32_t height) {
    modes.push_back(
        {fourcc_text(code), static_cast<int>(width), static_cast<int>(height), fastest(device, code, width, height)});
  };
  v4l2_frmsizeenum size{};
  size.pixel_format = code;
  for (; size.index < 128 && device.ask(VIDIOC_ENUM_FRAMESIZES, size); ++size.index) {
    if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
      add(size.discrete.width, size.discrete.height);
      continue;
    }
    for (const auto& [width, height] : kUsualSizes) {
      const auto& range = size.stepwise;
      if (width >= range.min_width && width <= range.max_width && height >= range.min_height &&
          height <= range.max_height) {
        add(width, height);
      }
    }
    break;
  }
}

bool libcamera_has_camera() {
  if (!start_gstreamer() || !has_element("libcamerasrc")) return false;
  const GstPtr<GstDeviceProvider> provider(gst_device_provider_factory_get_by_name("libcameraprovider"));
  if (!provider) return false;
  GList* devices = gst_device_provider_get_devices(provider.get());
  const bool some = devices != nullptr;
  g_list_free_full(devices, gst_object_unref);
  return some;
}

}  // namespace

bool can_capture(const std::string& path) {
  const Device device(path);
  v4l2_capability capability{};
  if (!device.ask(VIDIOC_QUERYCAP, capability)) return false;
  const std::uint32_t caps =
      (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0 ? capability.device_caps : capability.capabilities;
  const bool captures = (caps & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) != 0;
  const bool is_codec = (caps & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)) != 0;
  return captures && !is_codec && !video_modes(path).empty();
}

std::vector<VideoMode> video_modes(const std::string& path) {
  const Device device(path);
  std::vector<VideoMode> modes;
  v4l2_fmtdesc format{};
  format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
  for (; format.index < 64 && device.ask(VIDIOC_ENUM_FMT, format); ++format.index) {
    add_sizes(device, format.pixelformat, modes);
  }
  return modes;
}

FoundCameras find_cameras() {
  std::vector<std::pair<int, std::string>> nodes;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with("video") || name.size() == 5 || name.size() > 8) continue;
    if (name.find_first_not_of("0123456789", 5) != std::string::npos) continue;
    nodes.emplace_back(std::stoi(name.substr(5)), entry.path());
  }
  std::sort(nodes.begin(), nodes.end());
  FoundCameras found;
  for (const auto& [number, path] : nodes) {
    if (can_capture(path)) found.v4l2.push_back(path);
  }
  found.libcamera = found.v4l2.empty() && libcamera_has_camera();
  return found;
}

}  // namespace rtcbot::media
