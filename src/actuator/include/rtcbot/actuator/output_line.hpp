#pragma once

#include <string>

#include "rtcbot/base/time.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::actuator {

/// An output as one line of JSON, including the line feed:
/// {"moving":true,"why":"","axes":[0.2,1.0],"buttons":0,"mode":"","speed":1.0,"ms":123456}
/// `ms` is `now` on the machine's monotonic clock, so that a late reader can compute the age.
[[nodiscard]] std::string output_line(const safety::Output& output, Timestamp now);

}  // namespace rtcbot::actuator
