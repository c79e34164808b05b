#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace rtcbot::app {

// Checks of flags whose sentences name the given value, and the allowed ones with their unit; CLI11 adds the flag.

/// Accepts whole numbers from `min` to `max`.  @param unit "ms", "frames per second"; may be empty
[[nodiscard]] CLI::Validator whole_from(std::int64_t min, std::int64_t max, const std::string& unit);
/// Accepts numbers from `min` to `max`.
[[nodiscard]] CLI::Validator number_from(double min, double max, const std::string& unit);

/// Accepts these words.
[[nodiscard]] CLI::Validator one_of(const std::vector<std::string>& words);
/// Accepts these words, and turns each into its number, for an option of an enumeration.
[[nodiscard]] CLI::Validator number_of(const std::map<std::string, int>& words);

/// Accepts a size such as 100MB (1000-based) or 2GiB, and turns it into bytes.
[[nodiscard]] CLI::Validator size_in_bytes();

/// Accepts a file that this program can read.
[[nodiscard]] CLI::Validator readable_file();
/// Accepts such a file, or a folder.
[[nodiscard]] CLI::Validator readable_file_or_folder();

}  // namespace rtcbot::app
