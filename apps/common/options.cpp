#include "common/options.hpp"

#include <string_view>

namespace rtcbot::app {
namespace {

std::string check_ice_url(const std::string& url) {
  const std::string_view view(url);
  for (const std::string_view scheme : {"stun:", "stuns:", "turn:", "turns:"}) {
    if (view.starts_with(scheme) && view.size() > scheme.size() && !view.starts_with(std::string(scheme) + "//")) {
      return {};
    }
  }
  return "'" + url + "' is not of the form stun:HOST[:PORT] or turn:HOST[:PORT][?transport=udp|tcp]";
}

}  // namespace

std::vector<signal::IceServer> CommonOptions::ice_servers() const {
  std::vector<signal::IceServer> servers;
  if (!stun.empty()) servers.push_back({stun, "", ""});
  if (!turn.empty()) servers.push_back({turn, turn_username, turn_credential});
  return servers;
}

void add_common_options(CLI::App& app, CommonOptions& options) {
  app.set_config("--config", "", "A TOML file with the long names of these flags as keys");
  app.allow_config_extras(CLI::config_extras_mode::error);
  app.set_version_flag("--version", std::string("RTCBot for C++ " RTCBOT_VERSION));
  const CLI::Validator ice_url(check_ice_url, "URL");
  app.add_option("--stun", options.stun, "A STUN server, e.g. stun:stun.example.org:3478; may be repeated")
      ->check(ice_url)
      ->group("Finding a path");
  app.add_option("--turn", options.turn, "A TURN server, e.g. turn:relay.example.org:3478; may be repeated")
      ->check(ice_url)
      ->group("Finding a path");
  app.add_option("--turn-username", options.turn_username, "Its user name")->group("Finding a path");
  app.add_option("--turn-credential", options.turn_credential, "Its password; better given as RTCBOT_TURN_CREDENTIAL")
      ->envname("RTCBOT_TURN_CREDENTIAL")
      ->group("Finding a path");
  app.add_option("--log-level", options.log.level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str()
      ->group("Logging");
  app.add_option("--log-format", options.log.format, "text, or json: one object a line")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str()
      ->group("Logging");
}

std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitBadConfig;
  }
}

}  // namespace rtcbot::app
