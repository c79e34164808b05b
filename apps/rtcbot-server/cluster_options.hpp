#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "rtcbot/nats/nats_link.hpp"

namespace rtcbot::app {

/// Flags for several servers that act as one. Without `--nats` they have no effect.
void add_cluster_options(CLI::App& app, nats::NatsOptions& options);

/// Reads the secrets from the environment, where a process list does not show them. Returns nothing if all is
/// consistent; otherwise the error as a sentence.
[[nodiscard]] std::string complete_cluster_options(nats::NatsOptions& options);

}  // namespace rtcbot::app
