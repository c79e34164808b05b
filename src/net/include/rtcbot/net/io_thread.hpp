#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "rtcbot/base/time.hpp"

namespace rtcbot::net {

/// The one thread of sockets and timers. Thread-safe. The destructor stops the loop and joins; what was posted and has
/// not run by then is dropped. Must not be destroyed on itself.
class IoThread {
 public:
  [[nodiscard]] static std::shared_ptr<IoThread> create();
  virtual ~IoThread() = default;

  /// Runs `task` on the I/O thread soon.
  virtual void post(std::function<void()> task) = 0;

  /// Runs `task` on the I/O thread after `delay`, unless the returned handle is dropped before.
  [[nodiscard]] virtual std::shared_ptr<void> after(std::chrono::microseconds delay, std::function<void()> task) = 0;

  [[nodiscard]] virtual bool is_current() const = 0;
};

}  // namespace rtcbot::net
