#pragma once

#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::runtime {

/// Refuses a file whose secret others may read: one with any permission for others, or with write permission for its
/// group. Its group may read it: system administrators share keys in that way, and systemd shows its credentials so.
/// Errors: bad_config with what to do about it, also where there is no such file.
[[nodiscard]] Result<void> check_private_file(const std::string& path);
/// The same of an open file, which nobody can exchange between the check and the read.  @param path for the message.
[[nodiscard]] Result<void> check_private_file(int descriptor, const std::string& path);

/// The first line of a private file, without its end; empty where the file is empty.  Errors: bad_config.
[[nodiscard]] Result<std::string> read_secret(const std::string& path);

}  // namespace rtcbot::runtime
