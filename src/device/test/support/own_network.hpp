#pragma once

#include <gtest/gtest.h>
#include <sched.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace rtcbot::device::testing {

inline void run(const std::string& command) { ASSERT_EQ(std::system(command.c_str()), 0) << command; }

/// Runs `body` on its own thread in a new network namespace, which ends with the thread.
/// Returns false if the system does not allow the namespace.
inline bool in_own_network(const std::function<void()>& body) {
  bool allowed = false;
  std::thread([&] {
    allowed = ::unshare(CLONE_NEWNET) == 0;
    if (allowed) body();
  }).join();
  return allowed;
}

}  // namespace rtcbot::device::testing
