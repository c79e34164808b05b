#pragma once

#include <CLI/CLI.hpp>

#include "rtcbot/signalling_server.hpp"

namespace rtcbot::app {

/// Adds the flags about pages and the list of robots; `options` must outlive the parsing.
void add_page_options(CLI::App& cli, SignallingServer::Options& options);

}  // namespace rtcbot::app
