#include "filter.hpp"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

#include "calls.hpp"
#include "system_error.hpp"

namespace rtcbot::sandbox {

namespace {

/// The kernel reads int arguments as 32 bits; the upper half of the register may hold anything.
constexpr std::uint64_t kInt = 0xffff'ffff;

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}
scmp_arg_cmp is(unsigned argument, std::uint64_t value) { return masked(argument, kInt, value); }
template <class Value>
std::uint64_t bits(Value value) {
  return static_cast<std::uint64_t>(value) & kInt;
}

/// Collects rules and keeps the first error, so that the callers need no checks.
class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(EPERM))) {
    if (!context_) error_ = ENOMEM;
  }

  void set(scmp_filter_attr attribute, std::uint32_t value) {
    if (error_ == 0) error_ = -seccomp_attr_set(context_.get(), attribute, value);
  }
  void add(std::uint32_t action, const char* call, const std::vector<scmp_arg_cmp>& arguments = {}) {
    if (error_ != 0) return;
    const int number = seccomp_syscall_resolve_name(call);
    if (number < 0) return;  // Unknown here: the default action applies.
    error_ = -seccomp_rule_add_array(context_.get(), action, number, static_cast<unsigned>(arguments.size()),
                                     arguments.empty() ? nullptr : arguments.data());
  }
  void add_all(std::uint32_t action, std::span<const char* const> calls) {
    for (const char* call : calls) add(action, call);
  }
  /// One rule for each permitted value of an int argument.
  void allow_values(const char* call, unsigned argument, std::initializer_list<std::uint64_t> values) {
    for (const auto value : values) add(SCMP_ACT_ALLOW, call, {is(argument, value)});
  }
  /// 0 or the error number.
  [[nodiscard]] int load() { return error_ != 0 ? error_ : -seccomp_load(context_.get()); }

 private:
  struct Release {
    void operator()(void* context) const { seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_;
  int error_ = 0;
};

/// No executable memory, now or later, so that injected machine code cannot run.
void add_memory(Filter& filter) {
  for (const char* call : {"mmap", "mprotect"}) filter.add(SCMP_ACT_ALLOW, call, {masked(2, PROT_EXEC, 0)});
}

/// Threads of this process only. The flags of clone3 are in memory, where no filter can see them. On ENOSYS glibc
/// assumes an older kernel and uses clone.
void add_threads(Filter& filter) {
  constexpr std::uint64_t kFree =
      CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_DETACHED;
  constexpr std::uint64_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
  filter.add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  filter.add(SCMP_ACT_ALLOW, "clone", {masked(0, ~kFree, kThread)});
  // For abort() and pthread_kill().
  filter.add(SCMP_ACT_ALLOW, "tgkill", {is(0, bits(getpid()))});
  filter.allow_values("prctl", 0, {PR_SET_NAME, PR_GET_NAME});
  // Reading one of its own limits.
  filter.add(SCMP_ACT_ALLOW, "prlimit64", {is(0, 0), {2, SCMP_CMP_EQ, 0, 0}});
}

/// UDP and TCP over IP, and the netlink family that getifaddrs() uses to list the interfaces.
void add_sockets(Filter& filter) {
  constexpr std::uint64_t kType = kInt & ~static_cast<std::uint64_t>(SOCK_CLOEXEC | SOCK_NONBLOCK);
  for (const int family : {AF_INET, AF_INET6}) {
    for (const int protocol : {0, static_cast<int>(IPPROTO_UDP)}) {
      filter.add(SCMP_ACT_ALLOW, "socket", {is(0, bits(family)), masked(1, kType, SOCK_DGRAM), is(2, bits(protocol))});
    }
    for (const int protocol : {0, static_cast<int>(IPPROTO_TCP)}) {
      filter.add(SCMP_ACT_ALLOW, "socket", {is(0, bits(family)), masked(1, kType, SOCK_STREAM), is(2, bits(protocol))});
    }
  }
  filter.add(SCMP_ACT_ALLOW, "socket", {is(0, AF_NETLINK), masked(1, kType, SOCK_RAW), is(2, 0)});
}

/// The options that libwebrtc's sockets set. None that loads a program into the kernel (SO_ATTACH_BPF).
void add_socket_options(Filter& filter) {
  struct Option {
    int level, name;
  };
  for (const auto& [level, name] : {Option{SOL_SOCKET, SO_RCVBUF},
                                    {SOL_SOCKET, SO_SNDBUF},
                                    {SOL_SOCKET, SO_REUSEADDR},
                                    {SOL_SOCKET, SO_TIMESTAMP},
                                    {SOL_SOCKET, SO_BROADCAST},
                                    {SOL_SOCKET, SO_KEEPALIVE},
                                    {SOL_SOCKET, SO_LINGER},
                                    {IPPROTO_TCP, TCP_NODELAY},
                                    {IPPROTO_IP, IP_TOS},
                                    {IPPROTO_IP, IP_MTU_DISCOVER},
                                    {IPPROTO_IPV6, IPV6_TCLASS},
                                    {IPPROTO_IPV6, IPV6_MTU_DISCOVER},
                                    {IPPROTO_IPV6, IPV6_V6ONLY}}) {
    filter.add(SCMP_ACT_ALLOW, "setsockopt", {is(1, bits(level)), is(2, bits(name))});
  }
}

/// fcntl without F_SETOWN and F_SETSIG, and ioctl without the equivalents. With them the kernel would send any signal
/// to any process of the same user, for example the robot's.
void add_descriptors(Filter& filter) {
  filter.allow_values("fcntl", 1, {F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD, F_DUPFD_CLOEXEC});
  filter.allow_values("ioctl", 1, {FIONREAD, FIONBIO, SIOCGSTAMP_OLD, SIOCGSTAMP_NEW});
}

}  // namespace

Result<void> install_filter() {
  Filter filter;
  filter.set(SCMP_FLTATR_API_SYSRAWRC, 1);  // Returns the kernel's error numbers instead of ECANCELED.
  filter.set(SCMP_FLTATR_CTL_NNP, 1);
  filter.set(SCMP_FLTATR_CTL_TSYNC, 1);
  filter.set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);  // For example 32-bit calls in a 64-bit process.
  filter.add_all(SCMP_ACT_ALLOW, kAllowed);
  filter.add_all(SCMP_ACT_ERRNO(EACCES), kNoFiles);
  filter.add_all(SCMP_ACT_KILL_PROCESS, kHostile);
  add_memory(filter);
  add_threads(filter);
  add_sockets(filter);
  add_socket_options(filter);
  add_descriptors(filter);
  if (const int error = filter.load(); error != 0) {
    return system_fail("install its seccomp filter (does this kernel, or the container around it, allow one?)", error);
  }
  return {};
}

}  // namespace rtcbot::sandbox
