#pragma once

#include <string>

#include "rtcbot/base/time.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::actuator {

/// What the actuators get as one line of JSON, its end included:
/// {"moving":true,"why":"","axes":[0.2,1.0],"buttons":0,"mode":"","speed":1.0,"ms":123456}
/// `ms` is `now`, of the machine's monotonic clock, so that who reads late can tell.
[[nodiscard]] std::string output_line(const safety::Output& output, Timestamp now);

}  // namespace rtcbot::actuator
