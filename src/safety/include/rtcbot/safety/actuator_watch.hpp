#pragma once

#include "rtcbot/base/time.hpp"

namespace rtcbot::safety {

/// Whether one actuator takes what it is told. One output that is not taken is nothing: a slow line loses some. None
/// for as long as the dead-man means that the actuator has stopped by its own dead-man, or hangs, or is not there.
///
/// Pure. Not thread-safe.
class ActuatorWatch {
 public:
  /// @param limit without a taken output: it does not work.
  explicit ActuatorWatch(Duration limit) : limit_(limit) {}

  /// @param taken what `Sink::write` returned.
  void on_write(Timestamp now, bool taken) {
    if (taken != taken_ || !has_begun_) since_ = now;
    has_begun_ = true;
    taken_ = taken;
    if (now - since_ >= limit_) works_ = taken_;
  }

  /// It works, and works again, once what is so has been so for the limit. Works before the first output.
  [[nodiscard]] bool works() const { return works_; }

 private:
  Duration limit_;
  Timestamp since_{};
  bool has_begun_ = false;
  bool taken_ = true;
  bool works_ = true;
};

}  // namespace rtcbot::safety
