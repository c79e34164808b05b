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
  /// What the program or the board tells, at most 50 a second; called on the sink's own thread until it is destroyed.
  std::function<void(nlohmann::json)> on_telemetry{};
  /// Called behind it, on the same thread, with what became of all that this sink's program or board told so far, where
  /// something of it was not as it should be. The log has a sentence on each kind, once.
  std::function<void(const TelemetryCounts&)> on_telemetry_faults{};
  int standard_output = 1;  ///< The descriptor that "stdout" means. Stays the caller's.
};

/// Makes the sink. A program that ends is started again, and a port that is not there, or no more, is opened when it
/// is: for ever, with pauses. Only a name that cannot be found is an error here (it is looked up once).
///
/// Each writes a last stop when it is destroyed. That waits for a program, which is asked to end, 2 s at most.
/// Errors: bad_config, bad_address, internal.
[[nodiscard]] Result<std::unique_ptr<safety::Sink>> make_sink(SinkSpec spec, SinkOptions options);

/// `parse_sink_spec` and `make_sink`.
[[nodiscard]] Result<std::unique_ptr<safety::Sink>> parse_sink(std::string_view text, SinkOptions options);

}  // namespace rtcbot::actuator
