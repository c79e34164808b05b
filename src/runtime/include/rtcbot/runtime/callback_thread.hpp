#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace rtcbot::runtime {

/// An exception in words: its type and what it says.
[[nodiscard]] std::string what_was_thrown(const std::exception_ptr& thrown);

/// The one thread on which user callbacks run, so that they need no locks among themselves and may block without
/// stopping sockets or video.
///
/// Thread-safe. Tasks run in order; one that throws is counted and told, and the next ones run.
/// The destructor lets the running task finish and drops the others. It may run on the thread itself (a callback that
/// drops the last object of the library); then the thread ends by itself after that task.
class CallbackThread {
 public:
  /// @param on_throw told, on this thread, what a task threw; must not throw
  explicit CallbackThread(std::function<void(const std::string& what)> on_throw = {});
  ~CallbackThread();
  CallbackThread(const CallbackThread&) = delete;
  CallbackThread& operator=(const CallbackThread&) = delete;

  /// Queues a task. At most `kCapacity` wait; what comes on top is dropped and counted.
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
