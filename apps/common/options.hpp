#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/logging.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::app {

/// What both programs take: --config, --version, logging, ICE servers.
struct CommonOptions {
  LogOptions log;
  std::vector<std::string> stun;
  std::vector<std::string> turn;
  std::string turn_username;
  std::string turn_credential;
  std::string ice_transport = "all";  ///< all, or relay: only through TURN.

  [[nodiscard]] bool relay_only() const { return ice_transport == "relay"; }
  [[nodiscard]] std::vector<signal::IceServer> ice_servers() const;
};

/// Nothing if `url` names a STUN or TURN server (RFC 7064, RFC 7065); otherwise what is wrong with it, as a sentence.
[[nodiscard]] std::string check_ice_url(const std::string& url);

/// Takes a file that holds a secret, and refuses one that others may read.
[[nodiscard]] CLI::Validator private_file();

void add_common_options(CLI::App& app, CommonOptions& options);

/// Parses the command line and the configuration file; says where a mistake of the latter is; an exit code when the
/// program is to end now (--help, --version, a bad flag).
[[nodiscard]] std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv);

/// Exit codes, as the manual pages state them.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,    ///< Something of the world: the port is taken, the camera is missing.
  kExitBadConfig = 2,  ///< A flag or the configuration file is wrong; starting again will not help.
};

}  // namespace rtcbot::app
