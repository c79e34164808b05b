#pragma once

#include <cstdint>
#include <string>

#include "rtcbot/safety/command.hpp"

namespace rtcbot::safety {

/// Where the output goes: a serial port, a child process, a simulation. Called on the one thread that watches over the
/// dead-man, so it must never block: what cannot be written at once is let go of, and the next output, which says all
/// anew, comes within 100 ms.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Called at each change and at least every 100 ms, stops too, until it is destroyed.
  /// @return false when it could not be written; counted.
  virtual bool write(const Output& output) = 0;

  /// For logs and figures: "serial /dev/ttyUSB0".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace rtcbot::safety
