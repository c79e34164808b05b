#pragma once

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "support/recorder.hpp"

namespace rtcbot::engine_client {

/// The child processes of this process with this name.
inline std::set<pid_t> children(const std::string& name) {
  std::set<pid_t> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    std::ifstream stat(entry.path() / "stat");
    pid_t pid = 0, parent = 0;
    std::string program, state;
    if (stat >> pid >> program >> state >> parent && parent == getpid() && program == "(" + name + ")")
      found.insert(pid);
  }
  return found;
}

template <class Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + engine::testing::kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace rtcbot::engine_client
