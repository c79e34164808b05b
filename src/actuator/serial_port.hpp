#pragma once

#include <chrono>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::actuator {

/// Opens a serial port exclusively (TIOCEXCL and flock): raw, eight bits, no parity, one stop bit, no flow control,
/// non-blocking. May take long with a faulty device, so do not call it on the driving thread.
/// @pre `baud` is a rate that `parse_sink_spec` accepts.  Errors: bad_config, with a sentence.
[[nodiscard]] Result<runtime::Descriptor> open_serial_port(const std::string& path, int baud);

/// Closes it when all bytes are sent, or after `timeout`; the system would wait for half a minute.
void close_serial_port(runtime::Descriptor port, std::chrono::milliseconds timeout);

}  // namespace rtcbot::actuator
