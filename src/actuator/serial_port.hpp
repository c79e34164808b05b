#pragma once

#include <chrono>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::actuator {

/// Opens a serial port for this program alone (TIOCEXCL and flock): raw, eight bits, no parity, one stop bit, no flow
/// control, non-blocking. May take a while where the device is ill, so not for the thread that watches over the
/// dead-man.
/// @pre `baud` is one that `parse_sink_spec` takes.  Errors: bad_config, with a sentence.
[[nodiscard]] Result<runtime::Descriptor> open_serial_port(const std::string& path, int baud);

/// Closes it once all is sent, or after that long: the system itself would wait for half a minute.
void close_serial_port(runtime::Descriptor port, std::chrono::milliseconds patience);

}  // namespace rtcbot::actuator
