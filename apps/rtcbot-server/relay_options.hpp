#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "rtcbot/signalling_server.hpp"

namespace rtcbot::app {

/// The STUN and TURN servers, and where their secret is.
struct RelayOptions {
  SignallingServer::IceServers servers;
  std::string secret_file;  ///< In place of `servers.secret`: the file's first line.
};

/// Adds the flags about TURN servers; `options` must outlive the parsing.
void add_relay_options(CLI::App& app, RelayOptions& options);

/// Returns an error as a sentence; reads the secret's file.
[[nodiscard]] std::optional<std::string> finish_relay_options(RelayOptions& options);

}  // namespace rtcbot::app
