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

/// A bounded queue of values. When full, it drops the oldest value and counts the loss.
///
/// The newest command, frame or reading matters most to a robot.
/// Thread-safe. Several threads may wait at the same time: each value goes to one of them.
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

  /// Waits for the next value and returns it.  @throws Error with the reason given to `close`, when closed and empty.
  T get() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return can_take(); });
    return value_or_throw(take());
  }

  /// As `get`, but throws `Errc::timeout` if no value arrives within `limit`.
  T get(std::chrono::milliseconds limit) { return value_or_throw(try_get(limit)); }

  /// Waits for the next value.  Errors: timeout, or the reason given to `close`.
  [[nodiscard]] Result<T> try_get(std::chrono::milliseconds limit = std::chrono::milliseconds(0)) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, limit, [this] { return can_take(); })) {
      return fail(Errc::timeout, "nothing came within " + std::to_string(limit.count()) + " ms");
    }
    return take();
  }

  /// Removes and returns all queued values, oldest first.
  [[nodiscard]] std::deque<T> drain() {
    const std::lock_guard lock(mutex_);
    return std::exchange(values_, {});
  }

  /// Number of values dropped because nobody took them in time.
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

/// Holds only the newest value, as a viewer of video needs. `get` waits for a value that was not returned before.
template <class T>
class MostRecentSubscription : public QueueSubscription<T> {
 public:
  MostRecentSubscription() : QueueSubscription<T>(1) {}
};

}  // namespace rtcbot
