#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::runtime {

/// Replaces a file by `text` atomically, and creates its directory if necessary: a reader finds the complete old or new
/// file, even if this process is killed meanwhile. Returns false, and keeps the old file, if it cannot be written or
/// the path is a device or a directory.
/// `outlives_power`: waits until the data is on the disk, some ms, or some hundred ms on a card.
[[nodiscard]] bool write_whole_file(const std::filesystem::path& path, std::string_view text,
                                    bool outlives_power = false);

/// The content of a file of at most `max_bytes`.  Errors: bad_config, with a sentence for a file that does not exist,
/// is a folder or a device, is too large, or cannot be read. (A stream of the standard library throws for a folder, or
/// for a disk that fails, while it is read through an iterator or by the JSON parser.)
[[nodiscard]] Result<std::string> read_whole_file(const std::filesystem::path& path,
                                                  std::uintmax_t max_bytes = 16 << 20);

}  // namespace rtcbot::runtime
