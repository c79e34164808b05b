#include "ip_command.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sstream>

#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::linklab {

Result<pid_t> start_ip(const std::string& netns, const std::string& lines) {
  std::array<int, 2> ends{};
  // A pipe holds 64 KiB, and no list of addresses is that long: the writing below does not wait.
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail(Errc::internal, std::string("no pipe: ") + std::strerror(errno));
  const runtime::Descriptor reading(ends[0]), writing(ends[1]);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, reading.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  std::string ip = "ip", n = "-n", place = netns, batch = "-batch", dash = "-";
  std::array<char*, 6> words = {ip.data(), n.data(), place.data(), batch.data(), dash.data(), nullptr};
  // Without the caller's blocked signals.
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  sigset_t none{};
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, "ip", &actions, &attributes, words.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return fail(Errc::internal, std::string("'ip' (package iproute2) does not start: ") + std::strerror(error));
  if (::write(writing.get(), lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) {
    return fail(Errc::internal, std::string("'ip' does not read: ") + std::strerror(errno));
  }
  return child;
}

Result<void> run_ip(const std::string& netns, const std::string& lines) {
  const auto child = start_ip(netns, lines);
  if (!child) return fail(child.error());
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) return fail(Errc::bad_config, "'ip' could not do this in the namespace " + netns + ":\n" + lines);
  return {};
}

std::string address_lines(const std::string& device, const std::string& addresses) {
  std::string lines = "address flush dev " + device + "\n";
  std::istringstream parts(addresses);
  for (std::string part; std::getline(parts, part, ',');) lines += "address add " + part + " dev " + device + "\n";
  return lines + "route replace default dev " + device + "\n";
}

}  // namespace rtcbot::linklab
