#pragma once

#include <vector>

namespace rtcbot::runtime {

/// This process's environment for `posix_spawn` and `execve`, ended by a null pointer, without the variables in which
/// RTCBot's programs take secrets (tokens, passwords). The pointers are the environment's own: use them before it
/// changes. Not thread-safe against `setenv` and `putenv`.
[[nodiscard]] std::vector<char*> environment_without_secrets();

}  // namespace rtcbot::runtime
