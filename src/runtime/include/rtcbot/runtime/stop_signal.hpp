#pragma once

#include <chrono>

namespace rtcbot::runtime {

/// Waits for Ctrl-C (SIGINT), SIGTERM, SIGHUP (the terminal closed) or `request_stop`.
///
/// Handlers are process-wide in Unix, so create one object at a time: a second one shares the first one's handlers.
/// A second signal ends the process immediately, in case the program hangs while stopping.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// Returns true after a request to stop; false if `limit` passes before.
  [[nodiscard]] bool wait_for(std::chrono::milliseconds limit) const;

  /// Waits without a limit.
  void wait() const;
};

/// Ends all present and future waits, like a signal. Async-signal-safe, thread-safe.
void request_stop();

}  // namespace rtcbot::runtime
