#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>

namespace rtcbot {

/// A callback of the program, which may be set at any time and is called without a lock. Thread-safe.
template <class... Args>
class Listener {
 public:
  using Callback = std::function<void(Args...)>;

  void set(Callback callback) {
    const std::lock_guard lock(mutex_);
    is_set_ = static_cast<bool>(callback);
    callback_ = std::move(callback);
  }

  /// For threads that must not wait for the mutex.
  [[nodiscard]] bool is_set() const { return is_set_; }

  /// Empty: none is set.
  [[nodiscard]] Callback get() const {
    const std::lock_guard lock(mutex_);
    return callback_;
  }

  /// Calls the callback if one is set. It may call `set`.
  template <class... Given>
  void operator()(Given&&... given) const {
    if (const Callback callback = get()) callback(std::forward<Given>(given)...);
  }

 private:
  mutable std::mutex mutex_;
  Callback callback_;
  std::atomic<bool> is_set_{false};
};

}  // namespace rtcbot
