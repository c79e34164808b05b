#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/blackbox/record_text.hpp"

namespace rtcbot::blackbox {

struct ReadOptions {
  std::int64_t since_unix_ms = 0;
  std::vector<std::string> types{};  ///< Empty: all types.
};

/// Calls `on_record` with every record, oldest first. Works while the box is being written.
/// Errors: bad_config (the folder does not exist or cannot be read).
[[nodiscard]] Result<RecordReader::Counts> read_back(
    const std::filesystem::path& folder, const ReadOptions& options,
    const std::function<void(const nlohmann::ordered_json&)>& on_record);

}  // namespace rtcbot::blackbox
