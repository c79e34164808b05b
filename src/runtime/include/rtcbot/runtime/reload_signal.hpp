#pragma once

namespace rtcbot::runtime {

/// Takes SIGHUP as "read your files again", as services do, in place of the end that it otherwise is.
///
/// Handlers are process-wide in Unix: one object at a time, made after the `StopSignal` that it takes SIGHUP from.
class ReloadSignal {
 public:
  ReloadSignal();
  ~ReloadSignal();
  ReloadSignal(const ReloadSignal&) = delete;
  ReloadSignal& operator=(const ReloadSignal&) = delete;

  /// Whether it came since the last call. Thread-safe.
  [[nodiscard]] bool take();
};

}  // namespace rtcbot::runtime
