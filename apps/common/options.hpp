#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/logging.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::app {

/// Flags of both programs: --config, --version, logging, ICE servers.
struct CommonOptions {
  LogOptions log;
  std::vector<std::string> stun;
  std::vector<std::string> turn;
  std::string turn_username;
  std::string turn_credential;
  std::string ice_transport = "all";  ///< all, or relay: only TURN.

  [[nodiscard]] bool relay_only() const { return ice_transport == "relay"; }
  [[nodiscard]] std::vector<signal::IceServer> ice_servers() const;
};

/// Returns nothing if `url` names a STUN or TURN server (RFC 7064, RFC 7065); otherwise the error as a sentence.
[[nodiscard]] std::string check_ice_url(const std::string& url);

/// Accepts a file with a secret; rejects one that others can read.
[[nodiscard]] CLI::Validator private_file();

void add_common_options(CLI::App& app, CommonOptions& options);

/// Parses the command line and the configuration file, and reports where a mistake in the file is. Returns an exit code
/// if the program must end now (--help, --version, an invalid flag).
[[nodiscard]] std::optional<int> parse_command_line(CLI::App& app, int argc, char** argv);

/// Exit codes, as documented in the manual pages.
enum ExitCode : int {
  kExitOk = 0,
  kExitFailure = 1,    ///< An external cause: the port is in use, a GStreamer plug-in is missing.
  kExitBadConfig = 2,  ///< A flag or the configuration file is wrong; a restart will not help.
};

}  // namespace rtcbot::app
