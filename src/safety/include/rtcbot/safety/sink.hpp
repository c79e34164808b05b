#pragma once

#include <cstdint>
#include <string>

#include "rtcbot/safety/command.hpp"

namespace rtcbot::safety {

/// A destination of outputs: a serial port, a child process, a simulation. Called on the thread of the dead man's
/// switch, so it must never block: it drops outputs that it cannot write immediately. The next output, which is
/// complete in itself, follows within 100 ms.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Called at each change, stops included, and at least every 100 ms.
  /// @return false if the output could not be written; counted.
  virtual bool write(const Output& output) = 0;

  /// For logs and stats: "serial /dev/ttyUSB0".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace rtcbot::safety
