#pragma once

#include <filesystem>
#include <string>

namespace rtcbot::runtime {

/// Returns the file in which a program stores `what` between its runs, by the XDG Base Directory Specification. Each
/// robot on a machine, by its `name`, has its own file. Empty if there is no home directory.
[[nodiscard]] std::filesystem::path state_file(const std::string& what, const std::string& name);

}  // namespace rtcbot::runtime
