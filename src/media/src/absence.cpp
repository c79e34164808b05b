#include "absence.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace rtcbot::media {
namespace {

constexpr std::size_t kMaxEntryBytes = 4'096;

Absence missing(const std::string& reason) { return {CameraState::missing, Error(Errc::no_camera, reason)}; }
Absence failed(const std::string& reason) { return {CameraState::failed, Error(Errc::no_camera, reason)}; }

std::string group_name(gid_t id) {
  std::array<char, kMaxEntryBytes> buffer{};
  group entry{};
  group* found = nullptr;
  if (getgrgid_r(id, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::to_string(id);
  return found->gr_name;
}

std::string user_name() {
  std::array<char, kMaxEntryBytes> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const uid_t id = geteuid();
  if (getpwuid_r(id, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::to_string(id);
  return found->pw_name;
}

/// For a device that exists and that this user may not open.
std::string not_permitted(const std::string& path, const struct stat& status) {
  const std::string user = user_name();
  const std::string sentence = "the user " + user + " may not open " + path;
  constexpr mode_t kGroupMay = S_IRGRP | S_IWGRP;
  if ((status.st_mode & kGroupMay) != kGroupMay) return sentence + "; only its owner may, see: ls -l " + path;
  const std::string group = group_name(status.st_gid);
  return sentence + ", but the group " + group + " may: sudo usermod -aG " + group + " " + user +
         ", then log in again (for a service: SupplementaryGroups=" + group + ")";
}

std::optional<Absence> absence_by(int error, const std::string& path, const struct stat& status) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO: return missing(path + " is missing");
    case EACCES: return failed(not_permitted(path, status));
    case EPERM: return failed("this program may not open " + path + "; for a service: DeviceAllow=" + path + " rw");
    case EBUSY: return failed(path + " is used by another program");
    default: return failed(path + " cannot be opened: " + std::generic_category().message(error));
  }
}

}  // namespace

std::optional<Absence> absence_of_device(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return absence_by(errno, path, status);
  const std::string not_a_camera = path + " is not a camera: it captures no video";
  if (!S_ISCHR(status.st_mode)) return failed(not_a_camera);
  const int file = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) return absence_by(errno, path, status);
  ::close(file);
  if (!can_capture(path)) return failed(not_a_camera);
  return std::nullopt;
}

std::optional<Absence> LibcameraWatch::absence() {
  if (changes_.should_look(devices_text())) has_camera_ = libcamera_has_camera();
  if (has_camera_) return std::nullopt;
  return missing("libcamera finds no camera; is its ribbon cable connected?");
}

}  // namespace rtcbot::media
