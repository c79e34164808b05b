#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "rtcbot-robot/line_writer.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// JSON lines between the robot's own program and its viewers: what a viewer sends is a line on standard output, what
/// stands on standard input goes where it is said. Thread-safe.
class MessageLines {
 public:
  /// `on_line`: gets each line of standard input, on a thread of its own.
  MessageLines(std::function<void(const Json&)> on_line, std::shared_ptr<LineWriter> out)
      : on_line_(std::move(on_line)), out_(std::move(out)) {}
  ~MessageLines();
  MessageLines(const MessageLines&) = delete;
  MessageLines& operator=(const MessageLines&) = delete;

  /// Writes {"viewer": N, "message": …} for each message of this connection.
  void attach(RTCConnection& connection);

  /// Begins to read standard input. A line that is not JSON is reported on standard error and dropped.
  void start_reading();

 private:
  void read_lines();

  const std::function<void(const Json&)> on_line_;
  std::shared_ptr<LineWriter> out_;  ///< Shared with the subscriptions, which may outlive this.
  std::atomic<std::int64_t> last_viewer_{0};
  int wake_[2] = {-1, -1};  ///< Ends the reader, which otherwise waits for input.
  std::thread reader_;
};

}  // namespace rtcbot::app
