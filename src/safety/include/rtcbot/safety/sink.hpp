#pragma once

#include <cstdint>
#include <string>

#include "rtcbot/safety/command.hpp"

namespace rtcbot::safety {

/// A destination of outputs: a serial port, a child process, a simulation. Called on the thread of the dead man's
/// switch, so it must never block: it drops outputs that it cannot write immediately. The next output, which is
/// complete in itself, follows within 100 ms, or within 10 ms if `is_behind`.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Called at each change, stops included, and at least every 100 ms.
  /// @return false if the output could not be written; counted.
  virtual bool write(const Output& output) = 0;

  /// True if the last `write` failed only because the receiver was behind. The newest output is then written again
  /// after 10 ms. False: an earlier attempt is useless, for example because the receiver is gone.
  [[nodiscard]] virtual bool is_behind() const { return false; }

  /// For logs and stats: "serial /dev/ttyUSB0".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace rtcbot::safety
