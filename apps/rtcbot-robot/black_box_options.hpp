#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/options.hpp"

namespace rtcbot::app {

/// The command line's options for the black box.
struct BlackBoxOptions {
  std::string folder{};  ///< Empty or "none": no black box.
  std::uint64_t max_bytes = 100'000'000;
  bool video = false;
  /// For `rtcbot-robot black-box`.
  struct Read {
    std::string folder{};
    std::string since{};
    std::vector<std::string> types{};
  };
  Read read{};

  [[nodiscard]] bool is_kept() const { return !folder.empty() && folder != "none"; }
};

void describe_black_box(CLI::App& cli, BlackBoxOptions& options);

/// Prints the records if the command line asks for that.  @return the exit code; nothing otherwise.
[[nodiscard]] std::optional<int> read_black_box(const CLI::App& cli, const BlackBoxOptions& options);

/// "90s", "10min", "2h", "7d" before `now`, or a time in UTC: "2026-11-23", "2026-11-23T01:00", "2026-11-23T01:00:30".
/// Empty: 0. Returns Unix time in milliseconds; nothing for another text.
[[nodiscard]] std::optional<std::int64_t> parse_since(std::string_view text, std::int64_t now_unix_ms);

}  // namespace rtcbot::app
