#include "rtcbot/flow/queue_subscription.hpp"

#include <future>

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

using namespace std::chrono_literals;

TEST(QueueSubscription, GivesValuesInOrder) {
  QueueSubscription<int> queue;
  queue.put_nowait(1);
  queue.put_nowait(2);
  EXPECT_EQ(queue.get(), 1);
  EXPECT_EQ(queue.get(), 2);
}

TEST(QueueSubscription, DropsTheOldestWhenFullAndCountsIt) {
  QueueSubscription<int> queue(2);
  for (int i = 1; i <= 5; ++i) queue.put_nowait(i);
  EXPECT_EQ(queue.get(), 4);
  EXPECT_EQ(queue.get(), 5);
  EXPECT_EQ(queue.dropped(), 3);
}

TEST(QueueSubscription, ATimedGetGivesUp) {
  QueueSubscription<int> queue;
  const auto result = queue.try_get(1ms);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::timeout);
  EXPECT_THROW(queue.get(1ms), Error);
}

TEST(QueueSubscription, AWaitingGetWakesForAValue) {
  QueueSubscription<int> queue;
  auto waiting = std::async(std::launch::async, [&] { return queue.get(30s); });
  queue.put_nowait(7);
  EXPECT_EQ(waiting.get(), 7);
}

TEST(QueueSubscription, AWaitingGetFailsWhenClosed) {
  QueueSubscription<int> queue;
  auto waiting = std::async(std::launch::async, [&] { return queue.try_get(30s); });
  queue.close(Error(Errc::peer_lost, "gone"));
  EXPECT_EQ(waiting.get().error().code(), Errc::peer_lost);
}

TEST(QueueSubscription, WhatCameBeforeTheEndCanStillBeTaken) {
  QueueSubscription<int> queue;
  queue.put_nowait(1);
  queue.close(Error(Errc::closed, "done"));
  queue.put_nowait(2);
  EXPECT_EQ(queue.get(), 1);
  EXPECT_THROW(queue.get(), Error);
}

TEST(MostRecentSubscription, HoldsTheNewestOnly) {
  MostRecentSubscription<int> newest;
  newest.put_nowait(1);
  newest.put_nowait(2);
  EXPECT_EQ(newest.get(), 2);
  EXPECT_FALSE(newest.try_get());
}

}  // namespace
}  // namespace rtcbot
