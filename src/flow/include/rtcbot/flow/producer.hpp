#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "rtcbot/flow/callback_subscription.hpp"
#include "rtcbot/flow/consumer.hpp"
#include "rtcbot/flow/queue_subscription.hpp"

namespace rtcbot {

/// Distributes values to any number of subscriptions.
///
/// Keeps values (bounded) until the first subscription or `get` takes them, so that a message between "connected" and
/// "subscribed" is not lost. After an explicit subscription, values go to subscriptions only. A later call of `get`
/// creates a queue of its own, which receives values from then on.
/// Thread-safe.
template <class T>
class Producer {
 public:
  explicit Producer(std::size_t capacity = 256)
      : capacity_(capacity), own_(std::make_shared<QueueSubscription<T>>(capacity)) {}

  /// Passes a value to all subscriptions.
  void put_nowait(const T& value) {
    const std::lock_guard lock(mutex_);
    if (own_) own_->put_nowait(value);
    for (const auto& subscription : subscriptions_) subscription->put_nowait(value);
  }

  /// Ends all subscriptions. `get` first returns the queued values, then fails with `reason`.
  void close(const Error& reason) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = reason;
    if (own_) own_->close(reason);
    for (const auto& subscription : subscriptions_) subscription->close(reason);
  }

  /// Creates a queue that drops its oldest value when full.
  [[nodiscard]] std::shared_ptr<QueueSubscription<T>> subscribe() {
    auto subscription = std::make_shared<QueueSubscription<T>>(capacity_);
    subscribe(subscription);
    return subscription;
  }

  /// Calls `callback` on `executor` for each value.
  std::shared_ptr<CallbackSubscription<T>> subscribe(std::function<void(T)> callback, Executor executor) {
    auto subscription = CallbackSubscription<T>::make(std::move(callback), std::move(executor), capacity_);
    subscribe(subscription);
    return subscription;
  }

  void subscribe(std::shared_ptr<Consumer<T>> consumer) {
    const std::lock_guard lock(mutex_);
    if (own_ && !own_in_use_) {
      for (auto& value : own_->drain()) consumer->put_nowait(std::move(value));
      own_.reset();
    }
    if (closed_) consumer->close(*closed_);
    subscriptions_.push_back(std::move(consumer));
  }

  /// Removes one subscription. Ignores an unknown one.
  void unsubscribe(const std::shared_ptr<Consumer<T>>& consumer) {
    const std::lock_guard lock(mutex_);
    std::erase(subscriptions_, consumer);
  }

  T get() { return own()->get(); }
  T get(std::chrono::milliseconds limit) { return own()->get(limit); }
  [[nodiscard]] Result<T> try_get(std::chrono::milliseconds limit) { return own()->try_get(limit); }

 private:
  std::shared_ptr<QueueSubscription<T>> own() {
    const std::lock_guard lock(mutex_);
    own_in_use_ = true;
    if (!own_) {
      own_ = std::make_shared<QueueSubscription<T>>(capacity_);
      if (closed_) own_->close(*closed_);
    }
    return own_;
  }

  const std::size_t capacity_;
  std::mutex mutex_;
  std::shared_ptr<QueueSubscription<T>> own_;
  bool own_in_use_ = false;
  std::vector<std::shared_ptr<Consumer<T>>> subscriptions_;
  std::optional<Error> closed_;
};

}  // namespace rtcbot
