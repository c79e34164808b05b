#pragma once

#include <string>
#include <vector>

#include "common/options.hpp"
#include "rtcbot/driving.hpp"

namespace rtcbot::app {

/// The command line's options for driving.
struct DriveOptions {
  std::vector<std::string> drive{};  ///< Where commands go; empty: this robot cannot be driven.
  int dead_man_ms = 250;
  int stale_command_ms = 300;
  int stale_picture_ms = 700;
  int full_speed_ms = 300;
  int min_speed_ms = 900;
  double min_speed = 0.2;
  std::vector<std::string> modes{};
  std::string stop_file = "auto";
  bool telemetry = false;
  bool listen = false, talk = false;  ///< Sound that exists; set from other flags.

  [[nodiscard]] bool is_driven() const { return !drive.empty(); }
  [[nodiscard]] bool is_simulated() const;
  [[nodiscard]] bool writes_stdout() const;

  /// The options in the library's form.  Errors: bad_config.
  [[nodiscard]] Result<Driving::Options> options() const;
};

void describe_driving(CLI::App& cli, DriveOptions& options);

}  // namespace rtcbot::app
