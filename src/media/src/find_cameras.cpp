#include "find_cameras.hpp"

#include <fcntl.h>
#include <linux/videodev2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "gst.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {
namespace {

/// A device file; the destructor closes it.
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

/// Frames per second of the fastest mode at this size; 30 if the device does not report it.
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

/// For a device with a range of sizes, the usual sizes within it are used.
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

constexpr int kLooksAfterAChange = 3;
constexpr std::size_t kMaxListBytes = 64 * 1024;

/// A text that changes if the file at `path` is replaced, written, or gets other permissions; empty without the file.
std::string change_text(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return path + ' ' + std::to_string(status.st_ino) + ' ' + std::to_string(status.st_ctim.tv_sec) + '.' +
         std::to_string(status.st_ctim.tv_nsec) + '\n';
}

}  // namespace

bool ChangeWatch::should_look(std::string seen) {
  if (seen_ != seen) looks_ = kLooksAfterAChange;
  seen_ = std::move(seen);
  if (looks_ == 0) return false;
  --looks_;
  return true;
}

std::string devices_text() {
  std::vector<std::string> lines;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", ignored)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("video") || name.starts_with("media")) lines.push_back(change_text(entry.path()));
  }
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
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
    if (can_capture(path)) found.push_back({SourceKind::v4l2, path});
  }
  if (found.empty() && libcamera_has_camera()) found.push_back({SourceKind::libcamera, ""});
  return found;
}

std::vector<std::string> cameras_here() {
  std::vector<std::string> names;
  for (const auto& camera : find_cameras()) names.push_back(text_of(camera));
  return names;
}

const FoundCameras& CameraFinder::find() {
  if (changes_.should_look(list_.empty() ? devices_text() : change_text(list_))) found_ = look();
  return found_;
}

FoundCameras CameraFinder::look() const {
  if (list_.empty()) return find_cameras();
  std::ifstream file(list_);
  std::string text(kMaxListBytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  auto cameras = parse_camera_list(text);
  if (cameras) return *std::move(cameras);
  if (log_)
    log_({LogLevel::warning, "media", "the list of cameras " + list_ + " is not used: " + cameras.error().what()});
  return {};
}

}  // namespace rtcbot::media
