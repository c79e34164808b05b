#pragma once

#include "rtcbot/base/result.hpp"

namespace rtcbot::sandbox {

/// Installs the seccomp filter for all threads of the process, and sets PR_SET_NO_NEW_PRIVS.  Errors: internal.
[[nodiscard]] Result<void> install_filter();

}  // namespace rtcbot::sandbox
