#include "rtcbot/flow/producer.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

using namespace std::chrono_literals;

const Executor kInline = [](const std::function<void()>& task) { task(); };

TEST(Producer, GivesEachValueToEverySubscription) {
  Producer<int> producer;
  auto a = producer.subscribe();
  auto b = producer.subscribe();
  producer.put_nowait(1);
  EXPECT_EQ(a->get(0ms), 1);
  EXPECT_EQ(b->get(0ms), 1);
}

TEST(Producer, KeepsWhatCameBeforeTheFirstGet) {
  Producer<int> producer;
  producer.put_nowait(1);
  EXPECT_EQ(producer.get(0ms), 1);
}

TEST(Producer, GivesWhatCameBeforeToTheFirstSubscriptionOnly) {
  Producer<int> producer;
  producer.put_nowait(1);
  std::vector<int> first;
  std::vector<int> second;
  producer.subscribe([&](int v) { first.push_back(v); }, kInline);
  producer.subscribe([&](int v) { second.push_back(v); }, kInline);
  producer.put_nowait(2);
  EXPECT_EQ(first, (std::vector{1, 2}));
  EXPECT_EQ(second, (std::vector{2}));
}

TEST(Producer, StopsKeepingForGetOnceThereIsASubscription) {
  Producer<int> producer;
  auto subscription = producer.subscribe();
  producer.put_nowait(1);
  EXPECT_FALSE(producer.try_get(0ms));
  producer.put_nowait(2);
  EXPECT_EQ(producer.get(0ms), 2);
}

TEST(Producer, AnUnsubscribedConsumerHearsNothing) {
  Producer<int> producer;
  auto subscription = producer.subscribe();
  producer.unsubscribe(subscription);
  producer.put_nowait(1);
  EXPECT_FALSE(subscription->try_get());
}

TEST(Producer, EveryGetFailsWithTheReasonOnceClosed) {
  Producer<int> producer;
  producer.close(Error(Errc::peer_lost, "gone"));
  EXPECT_EQ(producer.try_get(30s).error().code(), Errc::peer_lost);
  EXPECT_EQ(producer.subscribe()->try_get(30s).error().code(), Errc::peer_lost);
}

TEST(Producer, DropsTheOldestWhenNobodyTakes) {
  Producer<int> producer(2);
  for (int i = 1; i <= 3; ++i) producer.put_nowait(i);
  EXPECT_EQ(producer.get(0ms), 2);
}

}  // namespace
}  // namespace rtcbot
