#pragma once

#include <chrono>
#include <cstdint>

#include "rtcbot/base/time.hpp"

namespace rtcbot::runtime {

/// The monotonic clock as a core `Timestamp`: microseconds of `std::chrono::steady_clock` (CLOCK_MONOTONIC).
[[nodiscard]] inline Timestamp now() {
  return Timestamp(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

/// Unix time in milliseconds, for people and other machines. May jump.
[[nodiscard]] inline std::int64_t unix_time_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace rtcbot::runtime
