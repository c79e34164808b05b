#pragma once

#include <chrono>
#include <cstdint>

namespace rtcbot {

/// The clock of the core rooms. It has no `now()`: a decision is told the time, it never asks for it.
///
/// Why: everything that depends on time can then be tested in virtual time, ten minutes in a millisecond.
/// The shell converts from `std::chrono::steady_clock` (see `rtcbot/runtime/clock.hpp`).
struct CoreClock {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<CoreClock>;
  static constexpr bool is_steady = true;
};

/// A length of time, in microseconds.
using Duration = CoreClock::duration;

/// A point in time: microseconds since an epoch that is the same within one process and means nothing outside it.
using Timestamp = CoreClock::time_point;

/// Later than every real time: "nothing is due".
inline constexpr Timestamp kNever = Timestamp::max();

}  // namespace rtcbot
