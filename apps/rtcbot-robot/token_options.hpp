#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "rtcbot/base/result.hpp"

namespace rtcbot::app {

/// The robot's credential for its server.
struct TokenOptions {
  std::string token{};
  std::string file{};  ///< Empty: no file.
};

void describe_token(CLI::App& cli, TokenOptions& options);

/// The token: from the flag, otherwise from the file, otherwise systemd's credential "token" (`LoadCredential=`); empty
/// if there is none. Errors: bad_config, also if others can read the file.
[[nodiscard]] Result<std::string> token_of(const TokenOptions& options);

}  // namespace rtcbot::app
