#include "rtcbot/runtime/callback_thread.hpp"

#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace rtcbot::runtime {
namespace {

using namespace std::chrono_literals;

/// Waits until everything posted before has run.
bool drain(CallbackThread& thread) {
  std::promise<void> done;
  thread.post([&] { done.set_value(); });
  return done.get_future().wait_for(30s) == std::future_status::ready;
}

TEST(CallbackThread, RunsTasksInOrderOnItself) {
  CallbackThread thread;
  std::vector<int> seen;
  bool current = false;
  thread.post([&] { seen.push_back(1); });
  thread.post([&] { seen.push_back(2), current = thread.is_current(); });
  ASSERT_TRUE(drain(thread));
  EXPECT_EQ(seen, (std::vector{1, 2}));
  EXPECT_TRUE(current);
  EXPECT_FALSE(thread.is_current());
}

TEST(CallbackThread, GoesOnAfterATaskThatThrows) {
  CallbackThread thread;
  thread.post([] { throw std::runtime_error("a user's mistake"); });
  ASSERT_TRUE(drain(thread));
  EXPECT_EQ(thread.threw(), 1);
}

TEST(CallbackThread, TellsWhatATaskThrew) {
  std::vector<std::string> told;
  CallbackThread thread([&](const std::string& what) { told.push_back(what); });
  thread.post([] { throw std::runtime_error("a user's mistake"); });
  thread.post([] { throw 7; });
  ASSERT_TRUE(drain(thread));
  EXPECT_EQ(told, (std::vector<std::string>{"std::runtime_error: a user's mistake",
                                            "something that is not a std::exception"}));
}

TEST(CallbackThread, DropsAndCountsWhatIsOverItsBound) {
  CallbackThread thread;
  std::promise<void> release;
  std::promise<void> running;
  thread.post([&] {
    running.set_value();
    release.get_future().wait();
  });
  running.get_future().wait();
  for (std::size_t i = 0; i < CallbackThread::kCapacity + 3; ++i) thread.post([] {});
  EXPECT_EQ(thread.dropped(), 3);
  release.set_value();
}

TEST(CallbackThread, MayBeDestroyedByItsOwnTask) {
  auto thread = std::make_unique<CallbackThread>();
  std::promise<void> done;
  thread->post([&] {
    thread.reset();
    done.set_value();
  });
  EXPECT_EQ(done.get_future().wait_for(30s), std::future_status::ready);
}

}  // namespace
}  // namespace rtcbot::runtime
