#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "rtcbot/linklab/link_config.hpp"
#include "tun.hpp"

namespace rtcbot::linklab {

/// Options of one direction; a missing one is taken from the other direction.
struct DirectionOptions {
  std::optional<std::string> source, loss, reorder;
  std::optional<double> delay_ms, scale;
  std::optional<std::int64_t> queue_bytes;
  std::vector<std::string> outages;
};

struct Options {
  End a{"", "10.77.0.1/24"};
  End b{"", "10.77.0.2/24"};
  std::string device = "cable";
  int mtu = 1500;
  DirectionOptions both, up, down;
  std::uint64_t seed = 1;
  std::int64_t start_on_traffic = 0;  ///< Bytes; zero: at once.
  bool wait_for_start = false;
  std::string log;
  std::string trace_name;  ///< Of the subcommand; empty without it.
  std::string trace_mean;
  double trace_seconds = 120;
};

void describe(CLI::App& cli, Options& options);

/// The configuration of the model. Reads the file of a trace. Errors: `bad_config`.
[[nodiscard]] Result<LinkConfig> link_config(const Options& options, const DirectionOptions& own, std::uint64_t seed);

/// The text of the trace that the subcommand asks for. Errors: `bad_config`.
[[nodiscard]] Result<std::string> made_trace_text(const Options& options);

}  // namespace rtcbot::linklab
