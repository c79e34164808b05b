#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>

#include "rtcbot/sandbox/sandbox.hpp"

namespace rtcbot::sandbox::testing {

/// How a process ended.
struct Ending {
  int signal = 0;    ///< The signal that ended it, or 0.
  std::string text;  ///< The result that it wrote.
};

/// SIGALRM ends a child that runs longer.
inline constexpr unsigned kChildSeconds = 100;

/// Runs `body` in a forked child and returns its result.  @pre this process has one thread.
inline Ending in_child(const std::function<std::string()>& body) {
  int ends[2];
  if (pipe(ends) != 0) return {0, "no pipe"};
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    alarm(kChildSeconds);
    close(ends[0]);
    const std::string text = body();
    std::fflush(nullptr);
    const auto written = write(ends[1], text.data(), text.size());
    _exit(written == static_cast<ssize_t>(text.size()) ? 0 : 1);
  }
  close(ends[1]);
  Ending ending;
  char buffer[4096];
  for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;) {
    ending.text.append(buffer, static_cast<std::size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
  return ending;
}

/// Enters the sandbox. Returns an empty text, or the reason why it could not enter.
inline std::string confine(const Limits& limits = {}) {
  if (auto dropped = drop_privileges(); !dropped) return dropped.error().what();
  if (auto entered = enter(limits); !entered) return entered.error().what();
  return {};
}

/// Runs `body` like `in_child`, with the child in the sandbox.
inline Ending confined(const std::function<std::string()>& body, const Limits& limits = {}) {
  return in_child([&] {
    const std::string refused = confine(limits);
    return refused.empty() ? body() : refused;
  });
}

}  // namespace rtcbot::sandbox::testing
