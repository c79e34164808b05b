#pragma once

#include <string>

namespace rtcbot::runtime {

/// The user of this process: "pi".
[[nodiscard]] std::string user_name();

/// For a device that exists and that this user may not open: who may, and the command that changes it, as a part of a
/// sentence. Looks up users and groups.
[[nodiscard]] std::string access_remedy(const std::string& path);

}  // namespace rtcbot::runtime
