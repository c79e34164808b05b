#pragma once

#include <pthread.h>

#include <chrono>
#include <mutex>

#include "rtcbot/base/time.hpp"

namespace rtcbot::runtime {

/// A mutex with priority inheritance, for data that a real-time thread shares with others: its holder runs with the
/// priority of the waiting thread (PTHREAD_PRIO_INHERIT, POSIX.1-2017 pthread_mutexattr_setprotocol). With std::mutex
/// the driving thread would wait as long as cameras and encoders keep the holder off the processor. Meets Lockable.
class InheritingMutex {
 public:
  InheritingMutex();
  ~InheritingMutex() { pthread_mutex_destroy(&native_); }
  InheritingMutex(const InheritingMutex&) = delete;
  InheritingMutex& operator=(const InheritingMutex&) = delete;

  void lock() { pthread_mutex_lock(&native_); }
  bool try_lock() { return pthread_mutex_trylock(&native_) == 0; }
  void unlock() { pthread_mutex_unlock(&native_); }
  [[nodiscard]] pthread_mutex_t* native_handle() { return &native_; }

 private:
  pthread_mutex_t native_;
};

/// A condition variable for `InheritingMutex`, on the monotonic clock. Wakes may be spurious.
/// (std::condition_variable_any has its own mutex inside, without priority inheritance.)
class InheritingCondition {
 public:
  using Lock = std::unique_lock<InheritingMutex>;

  InheritingCondition() = default;
  ~InheritingCondition() { pthread_cond_destroy(&native_); }
  InheritingCondition(const InheritingCondition&) = delete;
  InheritingCondition& operator=(const InheritingCondition&) = delete;

  void notify_one() { pthread_cond_signal(&native_); }
  void notify_all() { pthread_cond_broadcast(&native_); }
  void wait_until(Lock& lock, Timestamp limit);

  /// @return the last result of `is_done`
  template <class Predicate>
  bool wait_for(Lock& lock, std::chrono::milliseconds limit, Predicate is_done);

 private:
  pthread_cond_t native_ = PTHREAD_COND_INITIALIZER;
};

template <class Predicate>
bool InheritingCondition::wait_for(Lock& lock, std::chrono::milliseconds limit, Predicate is_done) {
  const auto until = std::chrono::steady_clock::now() + limit;
  while (!is_done()) {
    if (std::chrono::steady_clock::now() >= until) return is_done();
    wait_until(lock, Timestamp(std::chrono::duration_cast<Duration>(until.time_since_epoch())));
  }
  return true;
}

}  // namespace rtcbot::runtime
