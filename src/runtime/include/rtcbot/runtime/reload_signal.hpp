#pragma once

namespace rtcbot::runtime {

/// Handles SIGHUP as a request to read files again, as services do, instead of ending the process.
///
/// Handlers are process-wide in Unix: create one object at a time, after the `StopSignal`, whose SIGHUP handler it
/// replaces.
class ReloadSignal {
 public:
  ReloadSignal();
  ~ReloadSignal();
  ReloadSignal(const ReloadSignal&) = delete;
  ReloadSignal& operator=(const ReloadSignal&) = delete;

  /// Returns true if the signal arrived since the last call. Thread-safe.
  [[nodiscard]] bool take();
};

}  // namespace rtcbot::runtime
