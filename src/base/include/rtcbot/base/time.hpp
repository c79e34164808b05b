#pragma once

#include <chrono>
#include <cstdint>

namespace rtcbot {

/// The clock type of the core rooms. It has no `now()`: callers pass the time in.
///
/// This allows tests in virtual time, ten minutes in a millisecond.
/// The shell converts from `std::chrono::steady_clock` (see `rtcbot/runtime/clock.hpp`).
struct CoreClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<CoreClock>;
  static constexpr bool is_steady = true;
};

/// A duration in microseconds.
using Duration = CoreClock::duration;

/// A point in time: microseconds since an epoch that is valid within one process only.
using Timestamp = CoreClock::time_point;

/// Later than every real time; as a deadline: nothing is due.
inline constexpr Timestamp kNever = Timestamp::max();

}  // namespace rtcbot
