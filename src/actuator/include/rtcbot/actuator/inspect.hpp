#pragma once

#include <string>

#include "rtcbot/actuator/sink_spec.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::actuator {

/// Checks whether commands could be delivered, without moving anything: opens and closes a port, asks the shell for a
/// program, resolves a host. May take seconds. Resets a board that resets when its port is opened. Returns a sentence.
/// Errors: bad_config, bad_address.
[[nodiscard]] Result<std::string> inspect(const SinkSpec& spec);

}  // namespace rtcbot::actuator
