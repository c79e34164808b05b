#include "rtcbot/sandbox/sandbox.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "filter.hpp"
#include "system_error.hpp"

namespace rtcbot::sandbox {

namespace {

/// Lowers the hard limit too, which no later call can raise.
Result<void> lower_limit(__rlimit_resource resource, rlim_t wanted, const std::string& name) {
  rlimit now{};
  if (getrlimit(resource, &now) != 0) return system_fail("read the limit of " + name, errno);
  const rlim_t value = now.rlim_max == RLIM_INFINITY || wanted < now.rlim_max ? wanted : now.rlim_max;
  const rlimit lowered{value, value};
  if (setrlimit(resource, &lowered) != 0) return system_fail("set the limit of " + name, errno);
  return {};
}

/// A direct system call, because glibc has no wrapper without libcap.
Result<void> drop_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  if (syscall(SYS_capset, &header, none.data()) != 0) return system_fail("drop its capabilities", errno);
  return {};
}

}  // namespace

Result<void> drop_privileges() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_fail("set PR_SET_NO_NEW_PRIVS", errno);
  // One byte, not zero: with a limit of 0 a core_pattern that starts a program still gets the dump, with 1 it does not
  // (fs/coredump.c). The memory holds the keys of the connections.
  if (auto set = lower_limit(RLIMIT_CORE, 1, "core dumps"); !set) return set;
  if (auto set = lower_limit(RLIMIT_RTPRIO, 0, "real-time priority"); !set) return set;
  return drop_capabilities();
}

Result<void> enter(const Limits& limits) {
  if (limits.memory_bytes == 0) return fail(Errc::bad_config, "the sandbox needs a memory limit above 0 bytes");
  if (limits.descriptors < 1) return fail(Errc::bad_config, "the sandbox needs at least one file descriptor");
  if (auto set = lower_limit(RLIMIT_DATA, limits.memory_bytes, "memory"); !set) return set;
  const auto descriptors = static_cast<rlim_t>(limits.descriptors);
  if (auto set = lower_limit(RLIMIT_NOFILE, descriptors, "file descriptors"); !set) return set;
  return install_filter();
}

}  // namespace rtcbot::sandbox
