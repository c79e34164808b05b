#pragma once

#include <string>

#include "rtcbot/actuator/inspect.hpp"

namespace rtcbot::actuator {

/// Looks whether the shell could start this command, without starting it: whether the program exists, is a file, is
/// executable, and has an interpreter. Of a command with quotes, variables or pipes only the shell knows.
[[nodiscard]] Inspection inspect_program(const std::string& command);

}  // namespace rtcbot::actuator
