#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "rtcbot/base/weakly.hpp"
#include "rtcbot/nats/nats_link.hpp"

namespace rtcbot::nats {

/// Passes events from libnats's threads to the I/O thread, in order, at most `limit` at a time. Threads with more
/// events wait, so that the rest stays in libnats, which has its own limits. Thread-safe.
class Inbox : public std::enable_shared_from_this<Inbox> {
 public:
  Inbox(std::shared_ptr<net::IoThread> io, NatsLink::OnEvents on_events, std::size_t limit)
      : io_(std::move(io)), on_events_(std::move(on_events)), limit_(limit) {}

  void push(Event event) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return is_closed_ || events_.size() < limit_; });
    if (is_closed_) return;
    events_.push_back(std::move(event));
    if (events_.size() > 1) return;  // a delivery is already scheduled
    lock.unlock();
    io_->post(weakly(weak_from_this(), [](Inbox& self) { self.deliver(); }));
  }

  /// Stops delivery, and releases all waiting threads.
  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    room_.notify_all();
  }

 private:
  void deliver() {
    std::vector<Event> events;
    {
      const std::lock_guard lock(mutex_);
      if (is_closed_) return;
      events.swap(events_);
      room_.notify_all();
    }
    on_events_(std::move(events));
  }

  const std::shared_ptr<net::IoThread> io_;
  const NatsLink::OnEvents on_events_;
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<Event> events_;
  bool is_closed_ = false;
};

}  // namespace rtcbot::nats
