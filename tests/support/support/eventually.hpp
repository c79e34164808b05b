#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace rtcbot::test {

inline constexpr std::chrono::seconds kTimeout{20};

/// Whether `condition` came true within the tests' patience. Looks every few milliseconds: for states without an event.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kTimeout;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace rtcbot::test
