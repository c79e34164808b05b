#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace rtcbot::nats {

/// A queue of work for this room's threads. Thread-safe.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t limit) : limit_(limit) {}

  /// Returns false if the queue is full or closed.
  bool push(T item) {
    const std::lock_guard lock(mutex_);
    if (is_closed_ || items_.size() >= limit_) return false;
    items_.push_back(std::move(item));
    ready_.notify_one();
    return true;
  }

  /// Waits for an item; returns nothing when the queue is closed. Call `done` afterwards.
  std::optional<T> take() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [&] { return is_closed_ || !items_.empty(); });
    if (is_closed_) return std::nullopt;
    T item = std::move(items_.front());
    items_.pop_front();
    ++busy_;
    return item;
  }

  void done() {
    const std::lock_guard lock(mutex_);
    --busy_;
    if (busy_ == 0 && items_.empty()) idle_.notify_all();
  }

  template <class Time>
  void wait_until_idle(Time deadline) {
    std::unique_lock lock(mutex_);
    idle_.wait_until(lock, deadline, [&] { return is_closed_ || (busy_ == 0 && items_.empty()); });
  }

  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    ready_.notify_all();
    idle_.notify_all();
  }

 private:
  const std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::condition_variable idle_;
  std::deque<T> items_;
  int busy_ = 0;
  bool is_closed_ = false;
};

}  // namespace rtcbot::nats
