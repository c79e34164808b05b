#pragma once

#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::runtime {

/// Rejects a file with a secret if others have any permission, or if its group may write. The group may read:
/// administrators share keys in this way, and so does systemd with its credentials.
/// Errors: bad_config, with the remedy; also if the file does not exist.
[[nodiscard]] Result<void> check_private_file(const std::string& path);
/// As above, for an open file, which cannot be replaced between check and read.  @param path for the message.
[[nodiscard]] Result<void> check_private_file(int descriptor, const std::string& path);

/// Returns the first line of a private file, without its line end; empty if the file is empty.  Errors: bad_config.
[[nodiscard]] Result<std::string> read_secret(const std::string& path);

}  // namespace rtcbot::runtime
