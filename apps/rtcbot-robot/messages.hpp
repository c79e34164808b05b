#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "rtcbot-robot/line_writer.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// JSON lines between the robot's own program and its viewers: what a viewer sends is a line on standard output, what
/// stands on standard input goes to every viewer. Thread-safe.
class MessageLines {
 public:
  MessageLines(const Robot& robot, std::shared_ptr<LineWriter> out) : robot_(robot), out_(std::move(out)) {}
  ~MessageLines();
  MessageLines(const MessageLines&) = delete;
  MessageLines& operator=(const MessageLines&) = delete;

  /// Writes {"viewer": N, "message": …} for each message of this connection.
  void attach(RTCConnection& connection);

  /// Begins to read standard input. A line that is not JSON is reported on standard error and dropped.
  void start_reading();

 private:
  void read_lines();

  const Robot& robot_;
  std::shared_ptr<LineWriter> out_;  ///< Shared with the subscriptions, which may outlive this.
  std::atomic<std::int64_t> last_viewer_{0};
  int wake_[2] = {-1, -1};  ///< Ends the reader, which otherwise waits for input.
  std::thread reader_;
};

}  // namespace rtcbot::app
