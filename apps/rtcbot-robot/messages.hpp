#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// Whole lines of JSON on standard output. Thread-safe.
class LineWriter {
 public:
  void write(const Json& line);

 private:
  std::mutex mutex_;
};

/// JSON lines between the robot's own program and its viewers: what a viewer sends is a line on standard output, what
/// stands on standard input goes to every viewer. Thread-safe.
class MessageLines {
 public:
  explicit MessageLines(const Robot& robot) : robot_(robot), out_(std::make_shared<LineWriter>()) {}
  ~MessageLines();
  MessageLines(const MessageLines&) = delete;
  MessageLines& operator=(const MessageLines&) = delete;

  /// Writes {"viewer": N, "message": …} for each message of this connection.
  void attach(RTCConnection& connection);

  /// Begins to read standard input. A line that is not JSON is reported on standard error and dropped.
  void start_reading();

  void write(const Json& line) { out_->write(line); }

 private:
  void read_lines();

  const Robot& robot_;
  std::shared_ptr<LineWriter> out_;  ///< Shared with the subscriptions, which may outlive this.
  std::atomic<std::int64_t> last_viewer_{0};
  int wake_[2] = {-1, -1};  ///< Ends the reader, which otherwise waits for input.
  std::thread reader_;
};

}  // namespace rtcbot::app
