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

/// Messages on their way from any thread to the I/O thread, bounded in bytes. Thread-safe.
class SendQueue {
 public:
  /// What a message costs beside its bytes, so that empty ones are bounded too.
  static constexpr std::size_t kOverhead = 16;

  explicit SendQueue(std::size_t limit) : limit_(limit) {}

  /// Queues; true: the I/O thread must be woken.  Errors: closed, queue_full.
  Result<bool> push(OutgoingMessage message);

  /// The oldest message, or nothing. Stays where it is until `pop`; for the one reader.
  [[nodiscard]] const OutgoingMessage* front();
  void pop();

  /// From now on `push` says `closed`. What is queued stays.
  void close();

 private:
  std::mutex mutex_;
  std::deque<OutgoingMessage> messages_;
  std::size_t limit_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
};

}  // namespace rtcbot::net
