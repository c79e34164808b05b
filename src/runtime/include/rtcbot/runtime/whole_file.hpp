#pragma once

#include <filesystem>
#include <string_view>

namespace rtcbot::runtime {

/// Puts `text` in the place of a file, whose folder is made if need be: whoever reads it finds the old one or the new
/// one, whole, also when this process is killed meanwhile. False: it could not be written, and the old one stands; a
/// device or a folder of that name, too.
/// `outlives_power`: waits until the disk has it, some ms or, on a card, some hundred.
[[nodiscard]] bool write_whole_file(const std::filesystem::path& path, std::string_view text,
                                    bool outlives_power = false);

}  // namespace rtcbot::runtime
