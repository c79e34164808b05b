#pragma once

#include <filesystem>
#include <string_view>

namespace rtcbot::runtime {

/// Puts `text` in the place of a file, whose folder is made if need be: whoever reads it finds the old one or the new
/// one, whole, also when this process is killed meanwhile. False: it could not be written, and the old one stands.
[[nodiscard]] bool write_whole_file(const std::filesystem::path& path, std::string_view text);

}  // namespace rtcbot::runtime
