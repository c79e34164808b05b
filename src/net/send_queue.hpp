#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>

#include "rtcbot/base/result.hpp"

namespace rtcbot::net {

struct OutgoingMessage {
  std::string text;
  bool binary = false;
};

/// A queue of messages from any thread to the I/O thread, bounded in bytes. Thread-safe.
class SendQueue {
 public:
  /// Added to each message's size, so that empty messages are bounded too.
  static constexpr std::size_t kOverhead = 16;

  explicit SendQueue(std::size_t limit) : limit_(limit) {}

  /// Queues a message; returns true if the I/O thread must be woken.  Errors: closed, queue_full.
  Result<bool> push(OutgoingMessage message);

  /// Returns the oldest message, or null. The message remains until `pop`; for the one reader.
  [[nodiscard]] const OutgoingMessage* front();
  void pop();

  /// Makes further calls of `push` fail with `closed`. Queued messages remain.
  void close();

 private:
  std::mutex mutex_;
  std::deque<OutgoingMessage> messages_;
  std::size_t limit_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace rtcbot::net
