#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "ice_server_provider.hpp"

namespace rtcbot::app {

/// Adds the flags about TURN servers; `options` must outlive the parsing.
void add_relay_options(CLI::App& app, server::RelayOptions& options);

/// Returns an error as a sentence; reads the secret's file.
[[nodiscard]] std::optional<std::string> finish_relay_options(server::RelayOptions& options);

}  // namespace rtcbot::app
