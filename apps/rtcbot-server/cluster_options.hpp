#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "rtcbot/nats/nats_link.hpp"

namespace rtcbot::app {

/// Flags of several servers that act as one. Without `--nats` nothing of this is used.
void add_cluster_options(CLI::App& app, nats::NatsOptions& options);

/// Takes the secrets from the environment, where no list of processes shows them. Nothing if all fits together;
/// otherwise what is wrong, as a sentence.
[[nodiscard]] std::string complete_cluster_options(nats::NatsOptions& options);

}  // namespace rtcbot::app
