#pragma once

#include <CLI/CLI.hpp>

#include "page_connections.hpp"

namespace rtcbot::app {

/// Adds the flags about pages and the list of robots; `options` must outlive the parsing.
void add_page_options(CLI::App& cli, server::PageOptions& options);

}  // namespace rtcbot::app
