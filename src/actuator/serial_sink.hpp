#pragma once

#include <chrono>
#include <string>
#include <thread>

#include "newest_writer.hpp"
#include "rtcbot/actuator/sinks.hpp"
#include "rtcbot/runtime/descriptor.hpp"
#include "rtcbot/runtime/inheriting_mutex.hpp"
#include "wake.hpp"

namespace rtcbot::actuator {

/// Sends records or lines of JSON to a serial port, and reads telemetry from it. Its own thread opens the port, reads
/// from it, and reopens it after it was unplugged.
class SerialActuator final : public safety::Sink {
 public:
  SerialActuator(SerialSink spec, SinkOptions options);
  ~SerialActuator() override;
  SerialActuator(const SerialActuator&) = delete;
  SerialActuator& operator=(const SerialActuator&) = delete;

  bool write(const safety::Output& output) override;
  [[nodiscard]] bool is_behind() const override;
  [[nodiscard]] std::string name() const override { return "serial " + spec_.path; }

 private:
  void run();
  /// Reads until the port is gone or the sink ends.
  void serve(int port);
  /// @return true while the port exists.
  bool listen(int port);
  void tell_faults(const TelemetryCounts& counts, const TelemetrySamples& samples);
  void write_last_stop(int port);
  [[nodiscard]] std::string message_of(const safety::Output& output) const;
  [[nodiscard]] bool is_over();
  void say(LogLevel level, const std::string& what) const;

  SerialSink spec_;  ///< The thread owns its telemetry, and the next members.
  TelemetryFaults faults_;
  std::int64_t faults_told_ = 0;
  const SinkOptions options_;
  const Wake wake_;
  mutable runtime::InheritingMutex mutex_;  // never held during a wait
  int port_ = -1;
  std::chrono::steady_clock::time_point ready_at_{};
  NewestWriter writer_;
  bool is_broken_ = false;
  bool is_ending_ = false;
  runtime::InheritingCondition ending_;
  std::thread thread_;  // last: it uses all members above
};

}  // namespace rtcbot::actuator
