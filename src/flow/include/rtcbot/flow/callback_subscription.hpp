#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "rtcbot/flow/consumer.hpp"

namespace rtcbot {

/// Passes each value to a function on another thread, in order. Queues up to `capacity` values while the function is
/// busy, then drops the oldest. Calls never overlap. An exception propagates to the executor; the function is still
/// called with the next value.
///
/// Thread-safe. Hold it by `shared_ptr` (`make`): tasks queued in the executor share ownership.
template <class T>
class CallbackSubscription : public Consumer<T>, public std::enable_shared_from_this<CallbackSubscription<T>> {
 public:
  [[nodiscard]] static std::shared_ptr<CallbackSubscription> make(std::function<void(T)> callback, Executor executor,
                                                                  std::size_t capacity = 256) {
    return std::shared_ptr<CallbackSubscription>(
        new CallbackSubscription(std::move(callback), std::move(executor), capacity));
  }

  void put_nowait(T value) override {
    bool start = false;
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      if (values_.size() >= capacity_) {
        values_.pop_front();
        ++dropped_;
      }
      values_.push_back(std::move(value));
      start = !std::exchange(scheduled_, true);
    }
    if (start) schedule();
  }

  void close(const Error&) override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }

  /// After this returns the function is not called again; a call in progress may still finish.
  void cancel() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    values_.clear();
  }

  /// Number of values dropped because the function was too slow.
  [[nodiscard]] std::int64_t dropped() const {
    const std::lock_guard lock(mutex_);
    return dropped_;
  }

 private:
  CallbackSubscription(std::function<void(T)> callback, Executor executor, std::size_t capacity)
      : callback_(std::move(callback)), executor_(std::move(executor)), capacity_(capacity) {}

  void schedule() {
    executor_([self = this->shared_from_this()] { self->run_one(); });
  }

  // Handles one value per task, so that a busy producer does not block other callbacks on the shared thread.
  void run_one() {
    std::unique_lock lock(mutex_);
    if (values_.empty()) {
      scheduled_ = false;
      return;
    }
    T value = std::move(values_.front());
    values_.pop_front();
    lock.unlock();
    try {
      callback_(std::move(value));
    } catch (...) {
      // The executor reports the exception. The values in the queue must still reach the function.
      go_on();
      throw;
    }
    go_on();
  }

  void go_on() {
    {
      const std::lock_guard lock(mutex_);
      scheduled_ = !values_.empty();
      if (!scheduled_) return;
    }
    schedule();
  }

  const std::function<void(T)> callback_;
  const Executor executor_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<T> values_;
  bool scheduled_ = false;
  bool closed_ = false;
  std::int64_t dropped_ = 0;
};

}  // namespace rtcbot
