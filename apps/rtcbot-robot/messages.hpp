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
#include "rtcbot/base/log_thinner.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// JSON lines between the robot's own program and its viewers: what a viewer sends is a line on standard output, what
/// stands on standard input goes where it is said. Thread-safe.
class MessageLines {
 public:
  using OnFaults = std::function<void(const actuator::TelemetryCounts&)>;

  /// `on_line`: gets each line of standard input, on a thread of its own; `on_faults`: what became of all of them so
  /// far, where some were not as they should be.
  MessageLines(std::function<void(const Json&)> on_line, OnFaults on_faults, std::shared_ptr<LineWriter> out)
      : on_line_(std::move(on_line)), on_faults_(std::move(on_faults)), out_(std::move(out)) {}
  ~MessageLines();
  MessageLines(const MessageLines&) = delete;
  MessageLines& operator=(const MessageLines&) = delete;

  /// Writes {"viewer": N, "message": …} for each message of this connection.
  void attach(RTCConnection& connection);

  /// Begins to read standard input. A line that is not JSON is reported on standard error and dropped; of one with
  /// values that JSON cannot say (NaN) the rest is kept, and they are null.
  void start_reading();

 private:
  void read_lines();
  void take_line(std::string_view line);
  void report(std::int64_t actuator::TelemetryCounts::*kind, const std::string& what);

  const std::function<void(const Json&)> on_line_;
  const OnFaults on_faults_;
  actuator::TelemetryCounts counts_;  ///< Of the reader, as what follows.
  LogThinner thinner_;
  std::shared_ptr<LineWriter> out_;  ///< Shared with the subscriptions, which may outlive this.
  std::atomic<std::int64_t> last_viewer_{0};
  int wake_[2] = {-1, -1};  ///< Ends the reader, which otherwise waits for input.
  std::thread reader_;
};

}  // namespace rtcbot::app
