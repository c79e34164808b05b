#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "rtcbot/net/io_thread.hpp"

namespace rtcbot::net {

/// The event loop behind an `IoThread`, which outlives it for whoever still holds a socket's handle.
///
/// All sockets and timers are owned by operations that wait in `context()`, so that they live and die on the I/O
/// thread; handles of other threads hold a weak pointer to them and this object, and `post`. When the loop ends it
/// destroys the context and with it everything that waited, which breaks every cycle through it.
class Loop {
 public:
  /// Runs `task` on the I/O thread. False, and the task is gone, when the loop has ended. Thread-safe.
  bool post(std::function<void()> task);

  /// As `post`, but at once where this is the I/O thread: for what may happen in the middle of its caller.
  template <class Task>
  bool dispatch(Task task) {
    if (!is_current()) return post(std::move(task));
    if (ended_) return false;  // It is this thread that says so.
    task();
    return true;
  }

  /// @pre Called on the I/O thread, or while the `IoThread` lives.
  [[nodiscard]] boost::asio::io_context& context() { return *context_; }

  [[nodiscard]] bool is_current() const { return std::this_thread::get_id() == thread_id_; }

  /// How many name lookups run. I/O thread only.
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

/// The loop of an `IoThread` made by `IoThread::create`.
[[nodiscard]] std::shared_ptr<Loop> loop_of(IoThread& io);

}  // namespace rtcbot::net
