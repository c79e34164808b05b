#pragma once

#include <cstddef>

#include "rtcbot/base/result.hpp"

namespace rtcbot::sandbox {

/// Limits of a confined process.
struct Limits {
  /// Bytes of writable private memory (RLIMIT_DATA): heap, thread stacks at their full size (8 MiB each by default) and
  /// variables. Address space that malloc reserves but does not use does not count.
  std::size_t memory_bytes = std::size_t{512} * 1024 * 1024;
  int descriptors = 1024;  ///< Open file descriptors (RLIMIT_NOFILE), at least 1.
};

/// Drops inherited privileges that the process does not need: capabilities, real-time priority, core dumps. Sets
/// PR_SET_NO_NEW_PRIVS. The file system stays readable, so that libraries can be loaded afterwards.
///
/// Capabilities belong to a thread.  @pre called before the process starts another thread.  Errors: internal.
[[nodiscard]] Result<void> drop_privileges();

/// Confines the process. Call it before the process reads untrusted input: it sets limits of memory and descriptors,
/// then a seccomp filter for all present and future threads. This cannot be undone. README.md lists what is allowed.
///
/// Afterwards the file system is closed, also for reading, so load all that libraries load lazily before. Needs Linux
/// 3.17 with seccomp filters; user-mode emulation (qemu-user) has none.
/// On an error the limits may be set without the filter. Call it once.  Errors: bad_config (a limit is out of its
/// range), internal (the kernel refuses; the message names the step).
[[nodiscard]] Result<void> enter(const Limits& limits);

}  // namespace rtcbot::sandbox
