#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/linklab/trace.hpp"

namespace rtcbot::linklab {

/// A range from which each value is equally likely.
struct Range {
  Duration from{};
  Duration to{};
};

/// What a made link is like. The rate wanders: a mean-reverting random walk of its logarithm (so that it halves and
/// doubles alike), into which fades dig and gaps cut; the scheduler serves some milliseconds and not others.
struct TraceSpec {
  Duration length = std::chrono::seconds(120);          ///< A lap; at least a second.
  DataRate mean = DataRate::kilobits_per_second(6000);  ///< Over a lap, gaps included: met within one opportunity.
  int step_millioctaves = 250;   ///< How far the rate moves in 100 ms at most, in 1/1000 of a factor of two.
  int return_percent = 4;        ///< How much of the way back to its mean it goes in 100 ms.
  int served_percent = 35;       ///< In how many of the milliseconds the scheduler serves this phone.
  int fades_per_minute = 4;      ///< How often the rate falls for a while.
  int fade_millioctaves = 2000;  ///< How deep, in 1/1000 of a factor of two.
  Range fade_length = {std::chrono::milliseconds(500), std::chrono::milliseconds(3000)};
  int gaps_per_minute = 0;  ///< How often nothing passes at all (a hand-over, a tunnel); spread evenly, jittered.
  Range gap_length = {std::chrono::milliseconds(500), std::chrono::milliseconds(4000)};
};

/// The names that `made_trace_spec` knows: city, drive, fast.
[[nodiscard]] const std::vector<std::string>& made_trace_names();

/// "city": 6 Mbit/s, one short gap a minute. "drive": 2 Mbit/s with gaps of 0.5 to 4 s. "fast": 13 Mbit/s.
/// Errors: `bad_config` for another name, with the names there are.
[[nodiscard]] Result<TraceSpec> made_trace_spec(std::string_view name);

/// Makes a trace. The same on every platform for the same spec and seed: all its arithmetic is in integers.
/// Errors: `bad_config` when a value is out of its range.
[[nodiscard]] Result<Trace> generate_trace(const TraceSpec& spec, std::uint64_t seed);

}  // namespace rtcbot::linklab
