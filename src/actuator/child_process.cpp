#include "child_process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "rtcbot/runtime/environment.hpp"
#include "rtcbot/runtime/spawn_settings.hpp"

namespace rtcbot::actuator {
namespace {

constexpr int kPipeBytes = 4096;  // the minimum: bytes that wait in it are old

struct Pipe {
  runtime::Descriptor read, write;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{runtime::Descriptor(ends[0]), runtime::Descriptor(ends[1])};
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::string& command) {
  auto input = make_pipe();
  auto output = make_pipe();
  if (!input || !output) return fail(Errc::internal, "cannot make a pipe: " + std::generic_category().message(errno));
  fcntl(input->write.get(), F_SETFL, O_NONBLOCK);
  fcntl(input->write.get(), F_SETPIPE_SZ, kPipeBytes);
  fcntl(output->read.get(), F_SETFL, O_NONBLOCK);
  runtime::SpawnSettings around;
  around.give(input->read.get(), STDIN_FILENO);
  around.give(output->write.get(), STDOUT_FILENO);
  around.close_from(STDERR_FILENO + 1);
  std::string shell = "sh", option = "-c", text = command;
  std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
  auto environment = runtime::environment_without_secrets();
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, "/bin/sh", around.files(), around.attributes(), arguments.data(), environment.data());
  if (error != 0) return fail(Errc::internal, "cannot start a process: " + std::generic_category().message(error));
  return ChildProcess(pid, std::move(input->write), std::move(output->read));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), input_(std::move(other.input_)), output_(std::move(other.output_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill(-pid_, SIGKILL);
  // Does not wait: a process that the kernel cannot end must not block this program.
  waitpid(pid_, nullptr, WNOHANG);
}

std::optional<std::string> ChildProcess::ended() {
  siginfo_t how{};
  if (pid_ < 0) return "has ended";
  if (waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED | WNOHANG | WNOWAIT) != 0) {
    pid_ = -1;
    return "has ended; its exit code is unknown";
  }
  if (how.si_pid == 0) return std::nullopt;
  // Kills the group before its number can be reused.
  kill(-pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, WNOHANG);
  return runtime::how_it_ended(how);
}

void ChildProcess::send_signal(int signal) const {
  if (pid_ > 0) kill(-pid_, signal);
}

}  // namespace rtcbot::actuator
