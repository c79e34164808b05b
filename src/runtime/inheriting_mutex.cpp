#include "rtcbot/runtime/inheriting_mutex.hpp"

#include <algorithm>
#include <ctime>
#include <limits>

namespace rtcbot::runtime {

InheritingMutex::InheritingMutex() {
  pthread_mutexattr_t how;
  pthread_mutexattr_init(&how);
  // A kernel without such futexes gets a plain mutex.
  pthread_mutexattr_setprotocol(&how, PTHREAD_PRIO_INHERIT);
  if (pthread_mutex_init(&native_, &how) != 0) pthread_mutex_init(&native_, nullptr);
  pthread_mutexattr_destroy(&how);
}

void InheritingCondition::wait_until(Lock& lock, Timestamp limit) {
  const auto since_epoch = limit.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  timespec until{};
  // kNever does not fit into a 32-bit time_t.
  constexpr std::int64_t kLatest = std::numeric_limits<std::time_t>::max();
  until.tv_sec = static_cast<std::time_t>(std::min<std::int64_t>(seconds.count(), kLatest));
  until.tv_nsec = static_cast<long>(std::chrono::nanoseconds(since_epoch - seconds).count());
  // glibc 2.30 and later. Independent of the system clock, like std::condition_variable.
  pthread_cond_clockwait(&native_, lock.mutex()->native_handle(), CLOCK_MONOTONIC, &until);
}

}  // namespace rtcbot::runtime
