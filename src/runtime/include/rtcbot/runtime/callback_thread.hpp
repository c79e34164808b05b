#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace rtcbot::runtime {

/// Describes an exception: its type and its message.
[[nodiscard]] std::string what_was_thrown(const std::exception_ptr& thrown);

/// The thread for all user callbacks. Callbacks need no locks against each other, and may block without stopping
/// sockets or video.
///
/// Thread-safe. Tasks run in order; one that throws is counted and reported, and the next ones run.
/// The destructor lets the running task finish and drops the others. It may run on the thread itself (in a callback
/// that drops the library's last object); the thread then ends after that task.
class CallbackThread {
 public:
  /// @param on_throw called on this thread with a description of what a task threw; must not throw
  explicit CallbackThread(std::function<void(const std::string& what)> on_throw = {});
  ~CallbackThread();
  CallbackThread(const CallbackThread&) = delete;
  CallbackThread& operator=(const CallbackThread&) = delete;

  /// Queues a task. Above `kCapacity` queued tasks, drops and counts new ones.
  void post(std::function<void()> task);

  [[nodiscard]] bool is_current() const;
  [[nodiscard]] std::int64_t dropped() const;
  [[nodiscard]] std::int64_t threw() const;

  static constexpr std::size_t kCapacity = 4096;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace rtcbot::runtime
