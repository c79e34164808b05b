#pragma once

#include <string>

#include "rtcbot/actuator/sink_spec.hpp"

namespace rtcbot::actuator {

/// The result of an inspection. A value.
struct Inspection {
  bool works = false;
  std::string found{};   ///< A sentence without its full stop.
  std::string remedy{};  ///< What to do if it does not work; empty if `found` says it.
};

/// Checks whether commands could be delivered, without moving anything: opens and closes a port, looks for a program
/// and its interpreter, resolves a host. May take seconds. Resets a board that resets when its port is opened.
[[nodiscard]] Inspection inspect(const SinkSpec& spec);

}  // namespace rtcbot::actuator
