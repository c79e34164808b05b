#pragma once

#include <cstddef>

#include "rtcbot/base/result.hpp"

namespace rtcbot::sandbox {

/// How much a confined process may have.
struct Limits {
  /// Bytes of writable private memory (RLIMIT_DATA): heap, thread stacks at their full size (8 MiB each by default) and
  /// variables. Address space that malloc reserves and does not use does not count.
  std::size_t memory_bytes = std::size_t{512} * 1024 * 1024;
  int descriptors = 1024;  ///< Open file descriptors (RLIMIT_NOFILE), at least 1.
};

/// Drops what the process may have inherited and does not need: capabilities, real-time priority, core dumps; and sets
/// PR_SET_NO_NEW_PRIVS. The file system stays readable, so that libraries can be loaded afterwards.
///
/// Capabilities belong to a thread.  @pre called before the process starts another thread.  Errors: internal.
[[nodiscard]] Result<void> drop_privileges();

/// Confines the process, before it reads a stranger's first byte: limits of memory and descriptors, then a seccomp
/// filter for all threads, those that run and those to come. There is no way back. README.md lists what is allowed.
///
/// The file system is closed afterwards, also for reading: whatever a library loads lazily must be loaded before.
/// Needs Linux 3.17 with seccomp filters; user-mode emulation (qemu-user) has none.
/// On an error the limits may be set and the filter is not. Call it once.  Errors: bad_config (a limit is out of its
/// range), internal (the kernel refuses; the message says what).
[[nodiscard]] Result<void> enter(const Limits& limits);

}  // namespace rtcbot::sandbox
