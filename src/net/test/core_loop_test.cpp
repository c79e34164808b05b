#include "rtcbot/net/core_loop.hpp"

#include <vector>

#include <gmock/gmock.h>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::net {
namespace {

/// Keeps the timers that were set, for the test to let them expire.
class FakeThread : public IoThread {
 public:
  struct Timer {
    std::function<void()> task;
    std::weak_ptr<void> handle;
  };
  void post(std::function<void()>) override {}
  std::shared_ptr<void> after(std::chrono::microseconds, std::function<void()> task) override {
    auto handle = std::make_shared<int>();
    timers.push_back({std::move(task), handle});
    return handle;
  }
  [[nodiscard]] bool is_current() const override { return true; }

  std::vector<Timer> timers;
};

class CoreLoopTest : public testing::Test {
 protected:
  void pump() { loop.pump(owner); }

  std::shared_ptr<FakeThread> thread = std::make_shared<FakeThread>();
  std::shared_ptr<int> owner = std::make_shared<int>();
  std::function<void()> drain = [] {};
  Timestamp next = kNever;
  int timeouts = 0;
  CoreLoop loop{thread,
                {.drain = [this] { drain(); },
                 .next_timeout = [this] { return next; },
                 .handle_timeout =
                     [this](Timestamp) {
                       ++timeouts;
                       next = kNever;
                     }}};
};

TEST_F(CoreLoopTest, SetsNoTimerWithoutADeadline) {
  pump();
  EXPECT_TRUE(thread->timers.empty());
}

TEST_F(CoreLoopTest, CallsTheCoreAtItsDeadline) {
  next = runtime::now() + std::chrono::seconds(1);
  pump();
  ASSERT_EQ(thread->timers.size(), 1U);
  thread->timers.front().task();
  EXPECT_EQ(timeouts, 1);
}

TEST_F(CoreLoopTest, ReplacesItsTimerByAnEarlierOneOnly) {
  next = runtime::now() + std::chrono::seconds(2);
  pump();
  next += std::chrono::seconds(1);
  pump();
  EXPECT_EQ(thread->timers.size(), 1U) << "the first timer will check again";
  next -= std::chrono::seconds(2);
  pump();
  ASSERT_EQ(thread->timers.size(), 2U);
  EXPECT_TRUE(thread->timers.front().handle.expired());
}

TEST_F(CoreLoopTest, ActionsThatCauseOthersAreCarriedOutInOrder) {
  int depth = 0;
  int drained = 0;
  drain = [&] {
    ++depth;
    EXPECT_EQ(depth, 1);
    if (++drained == 1) pump();
    --depth;
  };
  pump();
  EXPECT_EQ(drained, 1) << "the running call takes the new actions";
  pump();
  EXPECT_EQ(drained, 2);
}

TEST_F(CoreLoopTest, ATimerDoesNothingAfterTheEndOfItsOwner) {
  next = runtime::now();
  pump();
  owner.reset();
  thread->timers.front().task();
  EXPECT_EQ(timeouts, 0);
}

}  // namespace
}  // namespace rtcbot::net
