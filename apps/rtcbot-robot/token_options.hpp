#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "rtcbot/base/result.hpp"

namespace rtcbot::app {

/// What the robot shows its server.
struct TokenOptions {
  std::string token{};
  std::string file{};  ///< Empty: none.
};

void describe_token(CLI::App& cli, TokenOptions& options);

/// The token: as given, else of the file, else systemd's credential "token" (`LoadCredential=`); empty where there is
/// none of them. Errors: bad_config, also where others may read the file.
[[nodiscard]] Result<std::string> token_of(const TokenOptions& options);

}  // namespace rtcbot::app
