#include "task_queue_pool.hpp"

#include <gtest/gtest.h>
#include <rtc_base/event.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace rtcbot::engine {
namespace {

using Queue = std::unique_ptr<webrtc::TaskQueueBase, webrtc::TaskQueueDeleter>;
constexpr webrtc::TimeDelta kDeadline = webrtc::TimeDelta::Seconds(20);

class TaskQueuePool : public ::testing::Test {
 protected:
  Queue make_queue() { return pool->CreateTaskQueue("test", webrtc::TaskQueueFactory::Priority::NORMAL); }

  std::unique_ptr<webrtc::TaskQueueFactory> pool = make_task_queue_pool(2);
};

TEST_F(TaskQueuePool, RunsTasksOfAQueueInOrderOneAtATime) {
  const Queue queue = make_queue();
  std::vector<int> order;  // Unguarded on purpose: the queue is the guard.
  rtc::Event done;
  for (int i = 0; i < 1000; ++i) queue->PostTask([&order, i] { order.push_back(i); });
  queue->PostTask([&done] { done.Set(); });
  ASSERT_TRUE(done.Wait(kDeadline));
  ASSERT_EQ(order.size(), 1000U);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST_F(TaskQueuePool, IsCurrentWhileItsTaskRunsAndIsDestroyed) {
  const Queue queue = make_queue();
  struct Probe {
    webrtc::TaskQueueBase* queue;
    std::atomic<bool>* was_current;
    rtc::Event* done;
    ~Probe() {
      *was_current = webrtc::TaskQueueBase::Current() == queue;
      done->Set();
    }
  };
  std::atomic<bool> in_task{false};
  std::atomic<bool> in_destructor{false};
  rtc::Event done;
  std::unique_ptr<Probe> probe(new Probe{queue.get(), &in_destructor, &done});  // No temporary: it would report too.
  queue->PostTask(
      [probe = std::move(probe), &in_task, raw = queue.get()] { in_task = webrtc::TaskQueueBase::Current() == raw; });
  ASSERT_TRUE(done.Wait(kDeadline));
  EXPECT_TRUE(in_task);
  EXPECT_TRUE(in_destructor);
  EXPECT_EQ(webrtc::TaskQueueBase::Current(), nullptr);
}

TEST_F(TaskQueuePool, RunsDelayedTasksInTheOrderOfTheirTimes) {
  const Queue queue = make_queue();
  std::vector<int> order;
  rtc::Event done;
  queue->PostDelayedTask([&] { order.push_back(3), done.Set(); }, webrtc::TimeDelta::Millis(60));
  queue->PostDelayedTask([&] { order.push_back(2); }, webrtc::TimeDelta::Millis(30));
  queue->PostDelayedHighPrecisionTask([&] { order.push_back(1); }, webrtc::TimeDelta::Millis(5));
  ASSERT_TRUE(done.Wait(kDeadline));
  EXPECT_EQ(order, (std::vector{1, 2, 3}));
}

TEST_F(TaskQueuePool, KeepsADeadlineWhileAnotherQueueIsBusy) {
  const Queue busy = make_queue();
  const Queue timed = make_queue();
  rtc::Event release;
  rtc::Event fired;
  timed->PostDelayedTask([&] { fired.Set(); }, webrtc::TimeDelta::Millis(20));
  busy->PostTask([&] { release.Wait(kDeadline); });
  EXPECT_TRUE(fired.Wait(kDeadline / 2)) << "the other thread must take over the watch";
  release.Set();
}

TEST_F(TaskQueuePool, DeletionWaitsForTheRunningTaskAndDropsTheRest) {
  Queue queue = make_queue();
  rtc::Event started;
  rtc::Event release;
  std::atomic<bool> finished{false};
  std::atomic<bool> ran_later{false};
  queue->PostTask([&] {
    started.Set();
    release.Wait(kDeadline);
    finished = true;
  });
  queue->PostTask([&] { ran_later = true; });
  queue->PostDelayedTask([&] { ran_later = true; }, webrtc::TimeDelta::Millis(1));
  ASSERT_TRUE(started.Wait(kDeadline));
  std::thread releaser([&] { release.Set(); });
  queue.reset();
  EXPECT_TRUE(finished);
  releaser.join();
  const bool after_deletion = ran_later;
  // With the queue gone, nothing of it may run: let another queue's task pass through both threads.
  const Queue other = make_queue();
  rtc::Event passed;
  other->PostDelayedTask([&] { passed.Set(); }, webrtc::TimeDelta::Millis(20));
  ASSERT_TRUE(passed.Wait(kDeadline));
  EXPECT_EQ(ran_later, after_deletion);
}

TEST_F(TaskQueuePool, ServesManyQueuesOnItsFewThreads) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::atomic<int> left{50 * 100};
  rtc::Event done;
  std::vector<Queue> queues;
  for (int q = 0; q < 50; ++q) queues.push_back(make_queue());
  for (int i = 0; i < 100; ++i) {
    for (const Queue& queue : queues) {
      queue->PostTask([&] {
        {
          std::lock_guard lock(mutex);
          threads.insert(std::this_thread::get_id());
        }
        if (--left == 0) done.Set();
      });
    }
  }
  ASSERT_TRUE(done.Wait(kDeadline));
  EXPECT_LE(threads.size(), 2U);
}

TEST_F(TaskQueuePool, TasksMayPostToTheirOwnQueueAndToOthers) {
  const Queue one = make_queue();
  const Queue two = make_queue();
  rtc::Event done;
  one->PostTask([&] { two->PostTask([&] { one->PostTask([&] { done.Set(); }); }); });
  EXPECT_TRUE(done.Wait(kDeadline));
}

TEST_F(TaskQueuePool, QueuesOutliveTheirFactory) {
  const Queue queue = make_queue();
  pool.reset();
  rtc::Event done;
  queue->PostTask([&] { done.Set(); });
  EXPECT_TRUE(done.Wait(kDeadline));
}

}  // namespace
}  // namespace rtcbot::engine
