#include "rtcbot/runtime/environment.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace rtcbot::runtime {
namespace {

constexpr std::array<std::string_view, 7> kSecrets = {
    "RTCBOT_TOKEN",       "RTCBOT_SECRET",        "RTCBOT_ROBOT_TOKEN", "RTCBOT_TURN_CREDENTIAL",
    "RTCBOT_TURN_SECRET", "RTCBOT_NATS_PASSWORD", "RTCBOT_NATS_TOKEN"};

bool is_secret(std::string_view variable) {
  const auto name = variable.substr(0, variable.find('='));
  return std::find(kSecrets.begin(), kSecrets.end(), name) != kSecrets.end();
}

}  // namespace

std::vector<char*> environment_without_secrets() {
  std::vector<char*> kept;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    if (!is_secret(*variable)) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

}  // namespace rtcbot::runtime
