#include "absence.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "rtcbot/runtime/device_access.hpp"

namespace rtcbot::media {
namespace {

Absence missing(const std::string& reason) { return {CameraState::missing, Error(Errc::no_camera, reason)}; }
Absence failed(const std::string& reason) { return {CameraState::failed, Error(Errc::no_camera, reason)}; }

std::optional<Absence> absence_by(int error, const std::string& path) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO: return missing(path + " is missing");
    case EACCES:
      return failed("the user " + runtime::user_name() + " may not open " + path + "; " + runtime::access_remedy(path));
    case EPERM: return failed("this program may not open " + path + "; for a service: DeviceAllow=" + path + " rw");
    case EBUSY: return failed(path + " is used by another program");
    default: return failed(path + " cannot be opened: " + std::generic_category().message(error));
  }
}

}  // namespace

std::optional<Absence> absence_of_device(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return absence_by(errno, path);
  const std::string not_a_camera = path + " is not a camera: it captures no video";
  if (!S_ISCHR(status.st_mode)) return failed(not_a_camera);
  const int file = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return absence_by(errno, path);
  ::close(file);
  if (!can_capture(path)) return failed(not_a_camera);
  return std::nullopt;
}

std::optional<Absence> LibcameraWatch::absence() {
  if (changes_.should_look(devices_text())) has_camera_ = libcamera_has_camera();
  if (has_camera_) return std::nullopt;
  return missing("libcamera finds no camera");
}

}  // namespace rtcbot::media
