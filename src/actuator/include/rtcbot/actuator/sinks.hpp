#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string_view>

#include "rtcbot/actuator/sink_spec.hpp"
#include "rtcbot/actuator/telemetry.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/safety/sink.hpp"

namespace rtcbot::actuator {

struct SinkOptions {
  LogSink log{};
  /// Called with the telemetry of the program or board, at most 50 a second, on the sink's own thread until it is
  /// destroyed.
  std::function<void(nlohmann::json)> on_telemetry{};
  /// Called after it, on the same thread, with the counts of all telemetry of this sink so far, if there was a new
  /// fault. The log has one sentence for each kind of fault.
  std::function<void(const TelemetryCounts&)> on_telemetry_faults{};
  int standard_output = 1;  ///< The descriptor for "stdout". The caller keeps ownership.
};

/// Creates the sink. Restarts a program that ended, and reopens a port that is missing, forever, with pauses. Only a
/// name that cannot be resolved is an error (it is resolved once).
///
/// The destructor of each sink writes a last stop. For a program it also waits for the program's end, at most 2 s.
/// Errors: bad_config, bad_address, internal.
[[nodiscard]] Result<std::unique_ptr<safety::Sink>> make_sink(SinkSpec spec, SinkOptions options);

/// Calls `parse_sink_spec` and `make_sink`.
[[nodiscard]] Result<std::unique_ptr<safety::Sink>> parse_sink(std::string_view text, SinkOptions options);

}  // namespace rtcbot::actuator
