#include <cstdlib>
#include <filesystem>

#include "rtcbot/engine_client/engine_client.hpp"

namespace rtcbot::engine_client {
namespace {

constexpr const char* kName = "rtcbot-engine";

bool is_program(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

}  // namespace

Result<std::string> find_program() {
  if (const char* named = std::getenv("RTCBOT_ENGINE"); named != nullptr && *named != '\0') {
    if (is_program(named)) return std::string(named);
    return fail(Errc::bad_config, std::string("RTCBOT_ENGINE names '") + named + "', but there is no such program");
  }
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / kName;
  const std::filesystem::path installed = std::filesystem::path(RTCBOT_LIBEXEC_DIR) / kName;
  for (const auto& path : {beside, self.parent_path().parent_path() / "libexec/rtcbot" / kName, installed}) {
    if (is_program(path)) return path.string();
  }
  return fail(Errc::bad_config, "the program rtcbot-engine, which runs WebRTC, is neither beside this one nor at '" +
                                    installed.string() +
                                    "'; install the package rtcbot-engine, or name it with RTCBOT_ENGINE");
}

}  // namespace rtcbot::engine_client
