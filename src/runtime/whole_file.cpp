#include "rtcbot/runtime/whole_file.hpp"

#include <fstream>
#include <system_error>

namespace rtcbot::runtime {

bool write_whole_file(const std::filesystem::path& path, std::string_view text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path fresh = path.string() + ".new";
  {
    std::ofstream file(fresh);
    file << text;
    file.flush();
    if (!file.good()) return false;
  }
  std::filesystem::rename(fresh, path, error);
  return !error;
}

}  // namespace rtcbot::runtime
