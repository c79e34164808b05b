#pragma once

#include <filesystem>
#include <string_view>

namespace rtcbot::runtime {

/// Replaces a file by `text` atomically, and creates its directory if necessary: a reader finds the complete old or new
/// file, even if this process is killed meanwhile. Returns false, and keeps the old file, if it cannot be written or
/// the path is a device or a directory.
/// `outlives_power`: waits until the data is on the disk, some ms, or some hundred ms on a card.
[[nodiscard]] bool write_whole_file(const std::filesystem::path& path, std::string_view text,
                                    bool outlives_power = false);

}  // namespace rtcbot::runtime
