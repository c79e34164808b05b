#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "rtcbot/net/io_thread.hpp"

namespace rtcbot::net {

/// The event loop of an `IoThread`. It outlives the `IoThread` while a socket's handle exists.
///
/// Sockets and timers are owned by operations that wait in `context()`, so they are created and destroyed on the I/O
/// thread. Handles on other threads hold weak pointers to them and this object, and use `post`. When the loop ends, it
/// destroys the context with all waiting operations, which breaks every ownership cycle through it.
class Loop {
 public:
  /// Runs `task` on the I/O thread. Returns false and drops the task if the loop has ended. Thread-safe.
  bool post(std::function<void()> task);

  /// As `post`, but runs `task` immediately on the I/O thread. Use it only for tasks that may run in the middle of the
  /// caller.
  template <class Task>
  bool dispatch(Task task) {
    if (!is_current()) return post(std::move(task));
    if (ended_) return false;  // Only this thread sets it.
    task();
    return true;
  }

  /// @pre Called on the I/O thread, or while the `IoThread` lives.
  [[nodiscard]] boost::asio::io_context& context() { return *context_; }

  [[nodiscard]] bool is_current() const { return std::this_thread::get_id() == thread_id_; }

  /// Number of running name lookups. I/O thread only.
  [[nodiscard]] int lookups() const { return lookups_; }
  void lookup_began() { ++lookups_; }
  void lookup_ended() { --lookups_; }

 private:
  friend class AsioIoThread;
  void run();

  std::mutex mutex_;
  bool ended_ = false;
  std::unique_ptr<boost::asio::io_context> context_ = std::make_unique<boost::asio::io_context>(1);
  std::thread::id thread_id_;
  int lookups_ = 0;
};

/// Returns the loop of an `IoThread` created by `IoThread::create`.
[[nodiscard]] std::shared_ptr<Loop> loop_of(IoThread& io);

}  // namespace rtcbot::net
