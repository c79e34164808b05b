#include "rtcbot/flow/callback_subscription.hpp"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

/// Keeps tasks until the test runs them.
struct ManualExecutor {
  std::deque<std::function<void()>> tasks;
  Executor executor() {
    return [this](std::function<void()> task) { tasks.push_back(std::move(task)); };
  }
  /// What throws is dropped, as on the callback thread.
  void run_all() {
    while (!tasks.empty()) {
      auto task = std::move(tasks.front());
      tasks.pop_front();
      try {
        task();
      } catch (const std::runtime_error&) {
        ++threw;
      }
    }
  }
  int threw = 0;
};

TEST(CallbackSubscription, CallsInOrderOnTheExecutor) {
  ManualExecutor thread;
  std::vector<int> seen;
  auto subscription = CallbackSubscription<int>::make([&](int v) { seen.push_back(v); }, thread.executor());
  subscription->put_nowait(1);
  subscription->put_nowait(2);
  EXPECT_TRUE(seen.empty());
  thread.run_all();
  EXPECT_EQ(seen, (std::vector{1, 2}));
}

TEST(CallbackSubscription, OccupiesOnePlaceOfTheExecutorHoweverManyValuesWait) {
  ManualExecutor thread;
  auto subscription = CallbackSubscription<int>::make([](int) {}, thread.executor());
  for (int i = 0; i < 100; ++i) subscription->put_nowait(i);
  EXPECT_EQ(thread.tasks.size(), 1U);
}

TEST(CallbackSubscription, DropsTheOldestWhenTheFunctionIsTooSlow) {
  ManualExecutor thread;
  std::vector<int> seen;
  auto subscription = CallbackSubscription<int>::make([&](int v) { seen.push_back(v); }, thread.executor(), 2);
  for (int i = 1; i <= 4; ++i) subscription->put_nowait(i);
  thread.run_all();
  EXPECT_EQ(seen, (std::vector{3, 4}));
  EXPECT_EQ(subscription->dropped(), 2);
}

TEST(CallbackSubscription, IsSilentAfterCancel) {
  ManualExecutor thread;
  int calls = 0;
  auto subscription = CallbackSubscription<int>::make([&](int) { ++calls; }, thread.executor());
  subscription->put_nowait(1);
  subscription->cancel();
  thread.run_all();
  EXPECT_EQ(calls, 0);
}

TEST(CallbackSubscription, IsCalledAgainAfterItHasThrown) {
  ManualExecutor thread;
  std::vector<int> seen;
  auto subscription = CallbackSubscription<int>::make(
      [&](int v) {
        seen.push_back(v);
        if (v % 2 == 1) throw std::runtime_error("odd");
      },
      thread.executor());
  for (const int v : {1, 2, 3}) subscription->put_nowait(v);
  thread.run_all();
  subscription->put_nowait(4);
  thread.run_all();
  EXPECT_EQ(seen, (std::vector{1, 2, 3, 4}));
  EXPECT_EQ(thread.threw, 2);
}

TEST(CallbackSubscription, ACallbackMayPutAgain) {
  ManualExecutor thread;
  std::vector<int> seen;
  std::shared_ptr<CallbackSubscription<int>> subscription;
  subscription = CallbackSubscription<int>::make(
      [&](int v) {
        seen.push_back(v);
        if (v < 3) subscription->put_nowait(v + 1);
      },
      thread.executor());
  subscription->put_nowait(1);
  thread.run_all();
  EXPECT_EQ(seen, (std::vector{1, 2, 3}));
}

}  // namespace
}  // namespace rtcbot
