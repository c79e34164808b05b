#include "rtcbot/process/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 lacks the extern "C" declaration.
extern "C" {
#include <sys/pidfd.h>
}

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "rtcbot/runtime/environment.hpp"
#include "rtcbot/runtime/spawn_settings.hpp"

namespace rtcbot::process {
namespace {

/// Returns true if the process ends within `timeout`.
bool ends_within(pid_t pid, std::chrono::milliseconds timeout) {
  const runtime::Descriptor process(pidfd_open(pid, 0));
  if (!process.is_open()) return true;
  pollfd watched{process.get(), POLLIN, 0};
  int polled = 0;
  do {
    polled = poll(&watched, 1, static_cast<int>(timeout.count()));
  } while (polled < 0 && errno == EINTR);
  return polled > 0;
}

}  // namespace

Result<Child> Child::start(const std::string& program) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(Errc::internal, "cannot make a socket pair: " + std::generic_category().message(errno));
  }
  runtime::Descriptor ours(ends[0]);
  runtime::Descriptor theirs(ends[1]);
  const runtime::Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  // A descriptor that already has the target number would keep its close-on-exec flag.
  if (theirs.get() == kParentDescriptor) theirs = runtime::Descriptor(fcntl(theirs.get(), F_DUPFD_CLOEXEC, 10));
  runtime::SpawnSettings settings;
  settings.give(nothing.get(), STDIN_FILENO);
  settings.give(theirs.get(), kParentDescriptor);
  settings.close_from(kParentDescriptor + 1);
  std::string name = program;
  std::array<char*, 2> arguments{name.data(), nullptr};
  auto environment = runtime::environment_without_secrets();
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, program.c_str(), settings.files(), settings.attributes(), arguments.data(), environment.data());
  if (error != 0) {
    return fail(Errc::internal, "'" + program + "' cannot be started: " + std::generic_category().message(error));
  }
  return Child(pid, std::move(ours));
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)), socket_(std::move(other.socket_)) {}

Child::~Child() {
  if (pid_ >= 0) static_cast<void>(wait(std::chrono::milliseconds(0)));
}

std::string Child::wait(std::chrono::milliseconds timeout) {
  const bool ended = ends_within(pid_, timeout);
  if (!ended) kill(pid_, SIGKILL);
  siginfo_t how{};
  int waited = 0;
  do {
    waited = waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED);
  } while (waited != 0 && errno == EINTR);
  pid_ = -1;
  if (waited != 0) return "has ended; its exit code is unknown";
  return ended ? runtime::how_it_ended(how) : "did not end and was killed";
}

}  // namespace rtcbot::process
