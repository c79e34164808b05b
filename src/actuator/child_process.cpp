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

namespace rtcbot::actuator {
namespace {

constexpr int kPipeBytes = 4096;  // as little as there is: what waits in it is old

struct Pipe {
  runtime::Descriptor read, write;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  return Pipe{runtime::Descriptor(ends[0]), runtime::Descriptor(ends[1])};
}

/// What the command finds: its pipes, no other descriptor, no signal blocked or ignored, a group of its own.
class Surroundings {
 public:
  Surroundings(int input, int output) {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t set;
    sigemptyset(&set);
    posix_spawnattr_setsigmask(&attributes_, &set);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2}) {
      sigaddset(&set, signal);
    }
    posix_spawnattr_setsigdefault(&attributes_, &set);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Surroundings() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

std::string sentence(const siginfo_t& how) {
  if (how.si_code == CLD_EXITED) return "ended with exit code " + std::to_string(how.si_status);
  const char* name = sigabbrev_np(how.si_status);
  return std::string("was ended by SIG").append(name != nullptr ? name : std::to_string(how.si_status).c_str());
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::string& command) {
  auto input = make_pipe();
  auto output = make_pipe();
  if (!input || !output) return fail(Errc::internal, "no pipe: " + std::generic_category().message(errno));
  fcntl(input->write.get(), F_SETFL, O_NONBLOCK);
  fcntl(input->write.get(), F_SETPIPE_SZ, kPipeBytes);
  fcntl(output->read.get(), F_SETFL, O_NONBLOCK);
  const Surroundings around(input->read.get(), output->write.get());
  std::string shell = "sh", option = "-c", text = command;
  std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
  pid_t pid = -1;
  const int error = posix_spawn(&pid, "/bin/sh", &around.files_, &around.attributes_, arguments.data(), environ);
  if (error != 0) return fail(Errc::internal, "no process: " + std::generic_category().message(error));
  return ChildProcess(pid, std::move(input->write), std::move(output->read));
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), input_(std::move(other.input_)), output_(std::move(other.output_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ < 0) return;
  kill(-pid_, SIGKILL);
  // Not waited for: one that the kernel cannot end must not hold this program.
  waitpid(pid_, nullptr, WNOHANG);
}

std::optional<std::string> ChildProcess::ended() {
  siginfo_t how{};
  if (pid_ < 0) return "has ended";
  if (waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED | WNOHANG | WNOWAIT) != 0) {
    pid_ = -1;
    return "has ended, and somebody else was told how";
  }
  if (how.si_pid == 0) return std::nullopt;
  // Before its number is free for another.
  kill(-pid_, SIGKILL);
  waitpid(std::exchange(pid_, -1), nullptr, WNOHANG);
  return sentence(how);
}

void ChildProcess::send_signal(int signal) const {
  if (pid_ > 0) kill(-pid_, signal);
}

}  // namespace rtcbot::actuator
