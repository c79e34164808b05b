#pragma once

#include <vector>

namespace rtcbot::runtime {

/// Returns this process's environment for `posix_spawn` and `execve`, with a null pointer at the end, without the
/// variables that hold secrets of RTCBot's programs (tokens, passwords). The pointers belong to the environment: use
/// them before it changes. Not thread-safe against `setenv` and `putenv`.
[[nodiscard]] std::vector<char*> environment_without_secrets();

}  // namespace rtcbot::runtime
