#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "rtcbot/signalling_server.hpp"

namespace rtcbot::app {

/// Flags for several servers that act as one. Without `--nats` they have no effect.
void add_cluster_options(CLI::App& app, SignallingServer::Cluster& options);

/// Reads the secrets from the environment, where a process list does not show them. Returns nothing if all is
/// consistent; otherwise the error as a sentence.
[[nodiscard]] std::string complete_cluster_options(SignallingServer::Cluster& options);

}  // namespace rtcbot::app
