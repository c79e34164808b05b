#pragma once

#include <filesystem>
#include <string>

namespace rtcbot::runtime {

/// Where a program keeps `what` between its runs, by the XDG Base Directory Specification; each robot of a machine, by
/// its `name`, has its own. Empty where there is no home.
[[nodiscard]] std::filesystem::path state_file(const std::string& what, const std::string& name);

}  // namespace rtcbot::runtime
