#include "rtcbot/runtime/state_file.hpp"

#include <cstdlib>

namespace rtcbot::runtime {

std::filesystem::path state_file(const std::string& what, const std::string& name) {
  std::string file = what;
  if (!name.empty()) file.append("-").append(name);
  file.append(".json");
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return std::filesystem::path(state) / "rtcbot" / file;
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::filesystem::path(home) / ".local/state/rtcbot" / file;
  return {};
}

}  // namespace rtcbot::runtime
