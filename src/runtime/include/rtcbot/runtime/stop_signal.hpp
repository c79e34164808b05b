#pragma once

#include <chrono>

namespace rtcbot::runtime {

/// Waits for Ctrl-C (SIGINT), SIGTERM, SIGHUP (the terminal went away) or `request_stop`.
///
/// Handlers are process-wide in Unix, so one object at a time: a second one shares the first one's handlers.
/// The second Ctrl-C ends the process at once, as people expect of a program that hangs while stopping.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// True once asked to stop; false when `limit` passed before.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds limit) const;

  /// Waits for as long as it takes.
  void wait() const;
};

/// Ends all waits, now and in the future, as a signal would. Async-signal-safe, thread-safe.
void request_stop();

}  // namespace rtcbot::runtime
