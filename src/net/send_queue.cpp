#include "send_queue.hpp"

#include <utility>

namespace rtcbot::net {

Result<bool> SendQueue::push(OutgoingMessage message) {
  const std::lock_guard lock(mutex_);
  if (closed_) return fail(Errc::closed, "the WebSocket is closed; nothing more can be sent");
  const auto cost = message.text.size() + kOverhead;
  if (cost > limit_ || bytes_ > limit_ - cost) {
    return fail(Errc::queue_full, "the other side reads too slowly: " + std::to_string(bytes_) + " of " +
                                      std::to_string(limit_) + " bytes wait. Send less, or close");
  }
  bytes_ += cost;
  messages_.push_back(std::move(message));
  return messages_.size() == 1;
}

const OutgoingMessage* SendQueue::front() {
  const std::lock_guard lock(mutex_);
  // A deque does not move its elements when it grows, so the pointer stays valid during `push`.
  return messages_.empty() ? nullptr : &messages_.front();
}

void SendQueue::pop() {
  const std::lock_guard lock(mutex_);
  bytes_ -= messages_.front().text.size() + kOverhead;
  messages_.pop_front();
}

void SendQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

}  // namespace rtcbot::net
