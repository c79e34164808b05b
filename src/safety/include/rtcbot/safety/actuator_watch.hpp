#pragma once

#include "rtcbot/base/time.hpp"

namespace rtcbot::safety {

/// Tracks whether one actuator accepts outputs. A single failed write does not matter: a slow serial line drops some.
/// Failed writes for as long as the dead man's switch mean that the actuator has stopped by its own dead man's switch,
/// hangs, or is missing.
class ActuatorWatch {
 public:
  /// @param limit time without a successful write after which the actuator counts as failed.
  explicit ActuatorWatch(Duration limit) : limit_(limit) {}

  /// @param taken result of `Sink::write`.
  void on_write(Timestamp now, bool taken) {
    if (taken != taken_ || !has_begun_) since_ = now;
    has_begun_ = true;
    taken_ = taken;
    if (now - since_ >= limit_) works_ = taken_;
  }

  /// True before the first output. Changes state only after the new condition has held for `limit`.
  [[nodiscard]] bool works() const { return works_; }

 private:
  Duration limit_;
  Timestamp since_{};
  bool has_begun_ = false;
  bool taken_ = true;
  bool works_ = true;
};

}  // namespace rtcbot::safety
