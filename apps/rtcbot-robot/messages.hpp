#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "rtcbot-robot/line_writer.hpp"
#include "rtcbot/actuator/telemetry.hpp"
#include "rtcbot/base/log_sampler.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// JSON lines between the robot's own program and its viewers: writes a viewer's messages to standard output, and
/// passes lines of standard input to a callback. Thread-safe.
class MessageLines {
 public:
  using OnFaults = std::function<void(const actuator::TelemetryCounts&)>;

  /// `on_line`: called with each line of standard input, on the reader's thread; `on_faults`: called with the counts of
  /// all lines so far if there was a new fault.
  MessageLines(std::function<void(const Json&)> on_line, OnFaults on_faults, std::shared_ptr<LineWriter> out)
      : on_line_(std::move(on_line)), on_faults_(std::move(on_faults)), out_(std::move(out)) {}
  ~MessageLines();
  MessageLines(const MessageLines&) = delete;
  MessageLines& operator=(const MessageLines&) = delete;

  /// Writes {"viewer": N, "message": …} for each message of this connection.
  void attach(RTCConnection& connection);

  /// Starts to read standard input. Reports a line that is not JSON on standard error and drops it. Replaces values
  /// that JSON cannot express (NaN) by null and keeps the rest of the line.
  void start_reading();

 private:
  void read_lines();
  void take_line(std::string_view line);
  void report(std::int64_t actuator::TelemetryCounts::*kind, const std::string& what);

  const std::function<void(const Json&)> on_line_;
  const OnFaults on_faults_;
  actuator::TelemetryCounts counts_;  ///< Used only by the reader, as the next member.
  LogSampler sampler_;
  std::shared_ptr<LineWriter> out_;  ///< Shared with the subscriptions, which may outlive this object.
  std::atomic<std::int64_t> last_viewer_{0};
  int wake_[2] = {-1, -1};  ///< Ends the reader while it waits for input.
  std::thread reader_;
};

}  // namespace rtcbot::app
