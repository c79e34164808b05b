#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "rtcbot/base/time.hpp"

namespace rtcbot::net {

/// The only thread for sockets and timers. Thread-safe. The destructor stops the loop and joins the thread; on that
/// thread itself it only stops the loop. Tasks that have not run by then are dropped.
class IoThread {
 public:
  [[nodiscard]] static std::shared_ptr<IoThread> create();
  virtual ~IoThread() = default;

  /// Runs `task` on the I/O thread soon.
  virtual void post(std::function<void()> task) = 0;

  /// Runs `task` on the I/O thread after `delay`, unless the caller drops the returned handle before.
  [[nodiscard]] virtual std::shared_ptr<void> after(std::chrono::microseconds delay, std::function<void()> task) = 0;

  [[nodiscard]] virtual bool is_current() const = 0;
};

}  // namespace rtcbot::net
