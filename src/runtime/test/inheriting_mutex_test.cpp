#include "rtcbot/runtime/inheriting_mutex.hpp"

#include <sched.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::runtime {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// This thread: on that processor alone, with that real-time priority; 0 for none. @return whether it may
bool place(int processor, int priority) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(static_cast<std::size_t>(processor), &processors);
  sched_param wanted{};
  wanted.sched_priority = priority;
  // In this order: on a processor that another keeps busy it would never come to ask for its priority.
  return pthread_setschedparam(pthread_self(), priority > 0 ? SCHED_FIFO : SCHED_OTHER, &wanted) == 0 &&
         pthread_setaffinity_np(pthread_self(), sizeof processors, &processors) == 0;
}

bool may_be_real_time() {
  bool may = false;
  std::thread([&] { may = place(sched_getcpu(), 1); }).join();
  return may;
}

/// What this thread has had of the processor.
std::chrono::nanoseconds own_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void tell(std::atomic<bool>& event) {
  event = true;
  event.notify_all();
}

TEST(InheritingMutex, WhoHoldsItIsNotKeptFromTheProcessorByWhoMattersLessThanWhoWaits) {
  if (!may_be_real_time()) GTEST_SKIP() << "this user may not have real-time priorities";
  const int processor = sched_getcpu();
  InheritingMutex mutex;
  std::atomic<bool> is_held = false, is_ready = false, is_busy = false, has_it = false, was_kept_waiting = false;
  std::thread holder([&] {
    place(processor, 0);
    const std::lock_guard lock(mutex);
    tell(is_held);
    is_busy.wait(false);
    for (const auto until = steady_clock::now() + 1ms; steady_clock::now() < until;) {
    }
  });
  std::thread waits([&] {
    place(processor, 10);
    is_held.wait(false);
    tell(is_ready);
    is_busy.wait(false);
    const std::lock_guard lock(mutex);
    has_it = true;
  });
  is_ready.wait(false);
  std::thread busy([&] {
    place(processor, 5);
    tell(is_busy);
    // Less than the 950 ms of a second that the kernel leaves to real-time threads by default. Of its own time: a host
    // that pauses is no reason.
    for (const auto begun = own_time(); !has_it && own_time() - begun < 500ms;) {
    }
    was_kept_waiting = !has_it;
  });
  for (auto* each : {&waits, &busy, &holder}) each->join();
  EXPECT_TRUE(has_it);
  EXPECT_FALSE(was_kept_waiting);
}

TEST(InheritingMutex, CanBeTriedAndIsOneOwnersAtATime) {
  InheritingMutex mutex;
  ASSERT_TRUE(mutex.try_lock());
  bool other_got_it = true;
  std::thread([&] { other_got_it = mutex.try_lock(); }).join();
  EXPECT_FALSE(other_got_it);
  mutex.unlock();
  EXPECT_TRUE(mutex.try_lock());
  mutex.unlock();
}

TEST(InheritingCondition, WaitsUntilItIsToldOrTheTimeHasCome) {
  InheritingMutex mutex;
  InheritingCondition condition;
  bool told = false;
  std::unique_lock lock(mutex);
  const Timestamp due = now() + 20ms;
  while (now() < due) condition.wait_until(lock, due);
  EXPECT_FALSE(condition.wait_for(lock, 20ms, [&] { return told; }));
  std::thread teller([&] {
    const std::lock_guard held(mutex);
    told = true;
    condition.notify_all();
  });
  EXPECT_TRUE(condition.wait_for(lock, 30s, [&] { return told; }));
  lock.unlock();
  teller.join();
}

TEST(InheritingCondition, NeverIsATimeThatItCanWaitFor) {
  InheritingMutex mutex;
  InheritingCondition condition;
  std::unique_lock lock(mutex);
  std::thread teller([&] {
    const std::lock_guard held(mutex);
    condition.notify_one();
  });
  condition.wait_until(lock, kNever);
  lock.unlock();
  teller.join();
}

}  // namespace
}  // namespace rtcbot::runtime
