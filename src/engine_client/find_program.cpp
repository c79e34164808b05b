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
  const auto folder = self.parent_path();
  const auto beside = folder / kName;
  const auto of_prefix = (folder / RTCBOT_LIBEXEC_FROM_BIN / kName).lexically_normal();
  const auto configured = std::filesystem::path(RTCBOT_LIBEXEC_DIR) / kName;
  for (const auto& path : {beside, of_prefix, configured}) {
    if (is_program(path)) return path.string();
  }
  return fail(Errc::bad_config, std::string("the program rtcbot-engine, which runs WebRTC, is neither '")
                                    .append(beside.string())
                                    .append("' nor '")
                                    .append(of_prefix.string())
                                    .append("' nor '")
                                    .append(configured.string())
                                    .append("'; install it (package rtcbot-engine), or name it with RTCBOT_ENGINE"));
}

}  // namespace rtcbot::engine_client
