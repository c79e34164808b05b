#pragma once

#include <string>

#include "rtcbot/safety/command.hpp"

namespace rtcbot::actuator {

/// What the actuators get as one line of JSON, its end included:
/// {"moving":true,"why":"","axes":[0.2,1.0],"buttons":0,"mode":"","speed":1.0}
[[nodiscard]] std::string output_line(const safety::Output& output);

}  // namespace rtcbot::actuator
