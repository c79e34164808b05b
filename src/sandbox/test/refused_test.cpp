#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <future>
#include <new>
#include <thread>
#include <vector>

#include "support/confined.hpp"

namespace rtcbot::sandbox {
namespace {

using testing::confine;
using testing::confined;
using testing::Ending;
using testing::in_child;

/// "worked", or the name of the errno, of one system call.
template <class Call>
std::string outcome(Call call) {
  errno = 0;
  const auto result = static_cast<long>(call());
  return result >= 0 ? "worked" : strerrorname_np(errno);
}

/// What `call` gives in the sandbox.
template <class Call>
std::string inside(Call call) {
  const Ending ending = confined([&] { return outcome(call); });
  return ending.signal != 0 ? sigabbrev_np(ending.signal) : ending.text;
}

TEST(Files, CannotBeOpened) {
  EXPECT_EQ(inside([] { return open("/etc/passwd", O_RDONLY); }), "EACCES");
  EXPECT_EQ(inside([] { return open("/tmp/rtcbot-sandbox-test", O_WRONLY | O_CREAT, 0600); }), "EACCES");
  EXPECT_EQ(inside([] { return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0); }), "EACCES");
  EXPECT_EQ(inside([] { return open("/proc/self/maps", O_RDONLY); }), "EACCES");
  EXPECT_EQ(inside([] { return open(("/proc/" + std::to_string(getppid()) + "/mem").c_str(), O_RDWR); }), "EACCES");
}

TEST(Files, CannotBeFoundOrChanged) {
  EXPECT_EQ(inside([] {
              struct stat found;
              return stat("/etc/passwd", &found);
            }),
            "EACCES");
  EXPECT_EQ(inside([] { return access("/etc/passwd", R_OK); }), "EACCES");
  EXPECT_EQ(inside([] { return unlink("/tmp/rtcbot-sandbox-test"); }), "EACCES");
  EXPECT_EQ(inside([] { return rename("/tmp/rtcbot-sandbox-test", "/tmp/b"); }), "EACCES");
  EXPECT_EQ(inside([] { return mkdir("/tmp/rtcbot-sandbox-test", 0700); }), "EACCES");
  EXPECT_EQ(inside([] { return chmod("/tmp", 0700); }), "EACCES");
  EXPECT_EQ(inside([] { return syscall(SYS_memfd_create, "code", 0); }), "EPERM");
}

TEST(Programs, CannotBeStarted) {
  EXPECT_EQ(inside([] { return execl("/bin/true", "true", nullptr); }), "SYS");
  EXPECT_EQ(inside([] { return fork(); }), "EPERM");
  EXPECT_EQ(inside([] { return vfork(); }), "EPERM");
  EXPECT_EQ(inside([] { return syscall(SYS_clone3, nullptr, 0); }), "ENOSYS");
  EXPECT_EQ(inside([] { return syscall(SYS_clone, CLONE_VM | SIGCHLD, nullptr, nullptr, nullptr, nullptr); }), "EPERM");
}

TEST(Sockets, AreOfTheInternetOnly) {
  EXPECT_EQ(inside([] { return socket(AF_UNIX, SOCK_STREAM, 0); }), "EPERM");
  EXPECT_EQ(inside([] {
              int ends[2];
              return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
            }),
            "EPERM");
  EXPECT_EQ(inside([] { return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); }), "EPERM");
  EXPECT_EQ(inside([] { return socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP); }), "EPERM");
  EXPECT_EQ(inside([] { return socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP); }), "EPERM");
  EXPECT_EQ(inside([] { return socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)); }), "EPERM");
  EXPECT_EQ(inside([] { return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER); }), "EPERM");
  EXPECT_EQ(inside([] { return socket(AF_ALG, SOCK_SEQPACKET, 0); }), "EPERM");
}

TEST(OtherProcesses, CannotBeReachedBySignals) {
  EXPECT_EQ(inside([] { return kill(getppid(), SIGTERM); }), "EPERM");
  EXPECT_EQ(inside([] { return kill(-1, 0); }), "EPERM");
  EXPECT_EQ(inside([] { return syscall(SYS_tkill, getppid(), 0); }), "EPERM");
  EXPECT_EQ(inside([] { return syscall(SYS_tgkill, getppid(), getppid(), 0); }), "EPERM");
  EXPECT_EQ(inside([] { return syscall(SYS_pidfd_open, getppid(), 0); }), "EPERM");
  EXPECT_EQ(inside([] { return fcntl(0, F_SETOWN, getppid()); }), "EPERM");
  EXPECT_EQ(inside([] { return fcntl(0, F_SETSIG, SIGKILL); }), "EPERM");
  EXPECT_EQ(inside([] {
              pid_t robot = getppid();
              return ioctl(socket(AF_INET, SOCK_DGRAM, 0), FIOSETOWN, &robot);
            }),
            "EPERM");
}

TEST(OtherProcesses, CannotBeReadOrTraced) {
  EXPECT_EQ(inside([] { return ptrace(PTRACE_ATTACH, getppid(), nullptr, nullptr); }), "SYS");
  EXPECT_EQ(inside([] { return process_vm_readv(getppid(), nullptr, 0, nullptr, 0, 0); }), "SYS");
  EXPECT_EQ(inside([] { return sched_setscheduler(getppid(), SCHED_IDLE, nullptr); }), "EPERM");
  EXPECT_EQ(inside([] { return setpriority(PRIO_PROCESS, static_cast<id_t>(getppid()), 19); }), "EPERM");
  EXPECT_EQ(inside([] {
              rlimit old;
              return prlimit(getppid(), RLIMIT_NOFILE, nullptr, &old);
            }),
            "EPERM");
}

TEST(TheKernel, IsAskedForNothingElse) {
  EXPECT_EQ(inside([] { return setuid(0); }), "SYS");
  EXPECT_EQ(inside([] { return unshare(CLONE_NEWUSER); }), "SYS");
  EXPECT_EQ(inside([] { return syscall(SYS_bpf, 0, nullptr, 0); }), "SYS");
  EXPECT_EQ(inside([] { return syscall(SYS_io_uring_setup, 8, nullptr); }), "SYS");
  EXPECT_EQ(inside([] { return syscall(SYS_userfaultfd, 0); }), "SYS");
  EXPECT_EQ(inside([] { return syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }), "SYS");
  EXPECT_EQ(inside([] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }), "SYS");
  EXPECT_EQ(inside([] { return syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }), "SYS");
  EXPECT_EQ(inside([] { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }), "EPERM");
  EXPECT_EQ(inside([] { return setsockopt(socket(AF_INET, SOCK_DGRAM, 0), SOL_SOCKET, SO_ATTACH_BPF, nullptr, 0); }),
            "EPERM");
}

TEST(Memory, IsNeverExecutable) {
  EXPECT_EQ(inside([] {
              void* code = mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return code == MAP_FAILED ? -1 : 0;
            }),
            "EPERM");
  EXPECT_EQ(inside([] {
              void* code = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return mprotect(code, 4096, PROT_READ | PROT_EXEC);
            }),
            "EPERM");
}

TEST(Memory, IsLimited) {
  const Ending ending = confined(
      [] {
        std::vector<std::unique_ptr<char[]>> blocks;
        try {
          for (int i = 0; i < 100; ++i) blocks.push_back(std::make_unique<char[]>(10'000'000));
        } catch (const std::bad_alloc&) {
          return std::to_string(blocks.size());
        }
        return std::string("no limit");
      },
      {.memory_bytes = 300'000'000});
  EXPECT_EQ(ending.signal, 0);
  EXPECT_GT(std::atoi(ending.text.c_str()), 20) << ending.text;
  EXPECT_LT(std::atoi(ending.text.c_str()), 30) << ending.text;
}

TEST(Limits, AreOfDescriptorsToo) {
  const Ending ending = confined(
      [] {
        int open = 0;
        while (open < 100 && eventfd(0, 0) >= 0) ++open;
        return (open > 10 && open < 40 ? "limited " : "not limited ") + std::string(strerrorname_np(errno));
      },
      {.descriptors = 40});
  EXPECT_EQ(ending.text, "limited EMFILE");
}

TEST(Limits, CannotBeRaised) {
  EXPECT_EQ(inside([] {
              const rlimit more{RLIM_INFINITY, RLIM_INFINITY};
              return setrlimit(RLIMIT_DATA, &more);
            }),
            "EPERM");
}

TEST(Limits, OutOfRangeAreRefused) {
  EXPECT_EQ(enter({.memory_bytes = 0}).error().code(), Errc::bad_config);
  EXPECT_EQ(enter({.descriptors = 0}).error().code(), Errc::bad_config);
}

TEST(Privileges, AreNoneOnceDropped) {
  const Ending ending = in_child([]() -> std::string {
    if (auto dropped = drop_privileges(); !dropped) return dropped.error().what();
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, held) != 0) return "capget fails";
    for (const auto& half : held) {
      if ((half.effective | half.permitted | half.inheritable) != 0) return "capabilities are left";
    }
    rlimit core;
    if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max > 1) return "cores are dumped";
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? "none" : "they can come back";
  });
  EXPECT_EQ(ending.text, "none");
}

TEST(Threads, OfBeforeAndAfterAreBothConfined) {
  const Ending ending = in_child([] {
    std::promise<void> is_confined;
    std::string earlier, later;
    std::thread before([&, entered = is_confined.get_future()] {
      entered.wait();
      earlier = outcome([] { return open("/etc/passwd", O_RDONLY); });
    });
    const std::string refused = confine();
    is_confined.set_value();
    before.join();
    std::thread([&] { later = outcome([] { return open("/etc/passwd", O_RDONLY); }); }).join();
    return refused + earlier + " " + later;
  });
  EXPECT_EQ(ending.text, "EACCES EACCES");
}

}  // namespace
}  // namespace rtcbot::sandbox
