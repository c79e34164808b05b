#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "rtcbot/actuator/output_record.hpp"
#include "rtcbot/actuator/telemetry.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::actuator {

/// "none": nothing moves.
struct NoSink {};

/// "stdout": lines of JSON.
struct StandardOutputSink {};

/// "exec:COMMAND": lines of JSON to a program, and telemetry from it.
struct ProgramSink {
  std::string command{};  ///< For /bin/sh.
};

/// "serial:/dev/ttyUSB0?baud=115200&write=<hh&fields=left,right&scale=255&begin=c069&read=<hB&names=…&delay=2000"
struct SerialSink {
  std::string path{};
  int baud = 115'200;
  std::optional<OutputRecord> record{};  ///< Empty: lines of JSON.
  TelemetryReader telemetry{};
  std::chrono::milliseconds delay{0};  ///< After opening, nothing is written for this time: many boards restart.
};

/// "udp:HOST:PORT": a line of JSON in each datagram.
struct UdpSink {
  std::string host{};  ///< A name or an address, without brackets.
  std::uint16_t port = 0;
};

using SinkSpec = std::variant<NoSink, StandardOutputSink, ProgramSink, SerialSink, UdpSink>;

/// Parses the value of --drive. Opens no device and resolves no name.
/// Errors: bad_config, with a sentence that says what is wrong and shows the form.
[[nodiscard]] Result<SinkSpec> parse_sink_spec(std::string_view text);

}  // namespace rtcbot::actuator
