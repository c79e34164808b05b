#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "rtcbot/base/result.hpp"
#include "rtcbot/flow/consumer.hpp"

namespace rtcbot {

/// A bounded queue of values: when it is full, the oldest makes room for the newest, and the loss is counted.
///
/// Oldest first out, because for a robot the newest command, frame or reading is the one that counts.
/// Thread-safe. All waiting functions may be called from any thread, several at once: each value goes to one of them.
template <class T>
class QueueSubscription : public Consumer<T> {
 public:
  /// @pre `capacity` is at least 1.
  explicit QueueSubscription(std::size_t capacity = 256) : capacity_(capacity) {}

  void put_nowait(T value) override {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      if (values_.size() >= capacity_) {
        values_.pop_front();
        ++dropped_;
      }
      values_.push_back(std::move(value));
    }
    changed_.notify_one();
  }

  void close(const Error& reason) override {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_) closed_ = reason;
    }
    changed_.notify_all();
  }

  /// The next value; waits for it.  @throws Error with the reason of the end, when closed and empty.
  T get() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return can_take(); });
    return value_or_throw(take());
  }

  /// The next value, or `Errc::timeout` thrown when none came within `limit`.
  T get(std::chrono::milliseconds limit) { return value_or_throw(try_get(limit)); }

  /// The next value.  Errors: timeout, or the reason of the end.
  [[nodiscard]] Result<T> try_get(std::chrono::milliseconds limit = std::chrono::milliseconds(0)) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, limit, [this] { return can_take(); })) {
      return fail(Errc::timeout, "nothing came within " + std::to_string(limit.count()) + " ms");
    }
    return take();
  }

  /// Everything that is queued, oldest first; leaves the queue empty.
  [[nodiscard]] std::deque<T> drain() {
    const std::lock_guard lock(mutex_);
    return std::exchange(values_, {});
  }

  /// How many values were dropped because nobody took them in time.
  [[nodiscard]] std::int64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  [[nodiscard]] bool can_take() const { return !values_.empty() || closed_; }

  [[nodiscard]] Result<T> take() {
    if (values_.empty()) return fail(*closed_);
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> values_;
  std::optional<Error> closed_;
  std::int64_t dropped_ = 0;
};

/// Holds the newest value only: what a viewer of video wants. `get` waits for one that was not given out yet.
template <class T>
class MostRecentSubscription : public QueueSubscription<T> {
 public:
  MostRecentSubscription() : QueueSubscription<T>(1) {}
};

}  // namespace rtcbot
