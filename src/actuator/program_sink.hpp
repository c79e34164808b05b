#pragma once

#include <optional>
#include <string>
#include <thread>

#include "child_process.hpp"
#include "newest_writer.hpp"
#include "rtcbot/actuator/sinks.hpp"
#include "rtcbot/runtime/inheriting_mutex.hpp"
#include "wake.hpp"

namespace rtcbot::actuator {

/// Sends lines of JSON to a program, and reads telemetry from it. Its own thread starts the program, reads from it,
/// restarts it when it ends, and ends it.
class ProgramActuator final : public safety::Sink {
 public:
  ProgramActuator(ProgramSink spec, SinkOptions options);
  /// Writes a stop (up to 200 ms), then closes the input, sends SIGTERM, and SIGKILL; half a second for each.
  ~ProgramActuator() override;
  ProgramActuator(const ProgramActuator&) = delete;
  ProgramActuator& operator=(const ProgramActuator&) = delete;

  bool write(const safety::Output& output) override;
  [[nodiscard]] bool is_behind() const override;
  [[nodiscard]] std::string name() const override;

 private:
  void run();
  /// Runs until the program ends or must end.  @return how it ended; nothing if it still runs.
  std::optional<std::string> serve(ChildProcess& child);
  void end(ChildProcess& child);
  bool ends_within(ChildProcess& child, std::chrono::milliseconds limit);
  bool write_last_stop();
  /// Reads its output for at most `limit`.
  void listen(ChildProcess& child, std::chrono::milliseconds limit);
  [[nodiscard]] bool is_ending();
  [[nodiscard]] bool is_broken();
  void set_input(int descriptor);
  void tell_faults();
  void say(LogLevel level, const std::string& what) const;

  const ProgramSink spec_;
  const SinkOptions options_;
  TelemetryLines telemetry_;  ///< Used only by the thread, as the next members.
  TelemetryFaults faults_;
  std::int64_t faults_told_ = 0;
  const Wake wake_;
  mutable runtime::InheritingMutex mutex_;  // never held during a wait
  int input_ = -1;
  NewestWriter writer_;
  bool is_broken_ = false;  ///< The program has closed its standard input.
  bool is_ending_ = false;
  runtime::InheritingCondition ending_;
  std::thread thread_;  // last: it uses all members above
};

}  // namespace rtcbot::actuator
