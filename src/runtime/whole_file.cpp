#include "rtcbot/runtime/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <system_error>

namespace rtcbot::runtime {
namespace {

bool sync(const std::filesystem::path& path, int flags) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = fsync(descriptor) == 0;
  close(descriptor);
  return done;
}

}  // namespace

bool write_whole_file(const std::filesystem::path& path, std::string_view text, bool outlives_power) {
  std::error_code error;
  // A rename would replace a device by a file.
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) return false;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path fresh = path.string() + ".new";
  {
    std::ofstream file(fresh);
    file << text;
    file.flush();
    if (!file.good()) return false;
  }
  if (outlives_power && !sync(fresh, O_RDONLY)) return false;
  std::filesystem::rename(fresh, path, error);
  if (error) return false;
  return !outlives_power || sync(path.has_parent_path() ? path.parent_path() : ".", O_RDONLY | O_DIRECTORY);
}

}  // namespace rtcbot::runtime
