#include "rtcbot/runtime/whole_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>
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

tl::unexpected<Error> unreadable(const std::filesystem::path& path, const std::string& why) {
  return fail(Errc::bad_config, std::string("'").append(path.string()).append("' ").append(why));
}

}  // namespace

Result<std::string> read_whole_file(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return unreadable(path, "does not exist");
  if (std::filesystem::is_directory(status)) return unreadable(path, "is a folder, not a file");
  if (!std::filesystem::is_regular_file(status)) return unreadable(path, "is not a file");
  const auto bytes = std::filesystem::file_size(path, error);
  if (!error && bytes > max_bytes) return unreadable(path, "is larger than " + std::to_string(max_bytes) + " bytes");
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 16'384> chunk{};
  // `read` reports what goes wrong as a state of the stream.
  while (file && text.size() <= max_bytes) {
    file.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof()) return unreadable(path, "cannot be read");
  return text;
}

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
