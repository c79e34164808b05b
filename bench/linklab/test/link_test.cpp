#include "rtcbot/linklab/link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace rtcbot::linklab {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp at(Duration time) { return Timestamp(time); }
constexpr Timestamp ms(std::int64_t n) { return Timestamp(milliseconds(n)); }
constexpr DataSize bytes(std::int64_t n) { return DataSize::bytes(n); }

LinkConfig constant(DataRate rate, Duration delay = Duration::zero()) {
  LinkConfig config;
  config.rate = rate;
  config.delay = delay;
  return config;
}

LinkConfig by_trace(std::string_view text) {
  LinkConfig config = constant(DataRate());
  config.trace = value_or_throw(parse_trace(text));
  return config;
}

std::vector<std::uint64_t> ids(const std::vector<Delivery>& deliveries) {
  std::vector<std::uint64_t> result;
  for (const auto& delivery : deliveries) result.push_back(delivery.id);
  return result;
}

std::vector<std::int64_t> times(const std::vector<Delivery>& deliveries) {
  std::vector<std::int64_t> result;
  for (const auto& delivery : deliveries) result.push_back(delivery.at.time_since_epoch().count());
  return result;
}

void offer_many(Link& link, Timestamp now, int count, DataSize size = bytes(1500)) {
  for (int i = 0; i < count; ++i) link.offer(now, size, static_cast<std::uint64_t>(i));
}

TEST(Link, TakesTheTimeOfTransmissionAndThenTheDelay) {
  Link link(constant(DataRate::kilobits_per_second(1000), milliseconds(20)));
  EXPECT_EQ(link.offer(ms(5), bytes(1250), 7), Offered::queued);
  EXPECT_THAT(link.advance(at(microseconds(34'999))), IsEmpty());
  EXPECT_THAT(link.advance(ms(35)), ElementsAre(Delivery{7, bytes(1250), ms(35), milliseconds(10)}));
}

TEST(Link, RoundsNoTransmissionTwice) {
  // 1500 bytes at 7 Mbit/s take 1714 2/7 microseconds: seven of them take exactly 12 ms.
  Link link(constant(DataRate::kilobits_per_second(7000)));
  offer_many(link, ms(0), 8);
  EXPECT_THAT(times(link.advance(ms(13))), ElementsAre(1715, 3429, 5143, 6858, 8572, 10286, 12000));
}

TEST(Link, KeepsItsRateForTenMinutes) {
  Link link(constant(DataRate::bits_per_second(4'999'999)));
  std::int64_t delivered = 0;
  for (int i = 0; i < 600'000; ++i) {
    while (link.queued_bytes() < bytes(10'000)) link.offer(ms(i), bytes(1201), 0);
    for (const auto& delivery : link.advance(ms(i))) delivered += delivery.size.bytes();
  }
  const auto could = link.offered_capacity(ms(0), ms(599'999)).bytes();
  EXPECT_EQ(could, 599'999LL * 4'999'999 / 8000);
  EXPECT_LE(could - delivered, 1201);
  EXPECT_GE(could, delivered);
}

TEST(Link, TellsWhenToLookAgain) {
  Link link(constant(DataRate::kilobits_per_second(1000), milliseconds(20)));
  EXPECT_EQ(link.next_event(), std::nullopt);
  link.offer(ms(0), bytes(1250), 1);
  EXPECT_EQ(link.next_event(), ms(10));
  EXPECT_THAT(link.advance(ms(10)), IsEmpty());
  EXPECT_EQ(link.next_event(), ms(30));
  EXPECT_THAT(ids(link.advance(ms(30))), ElementsAre(1));
  EXPECT_EQ(link.next_event(), std::nullopt);
}

TEST(Link, ArrivesAtTheSameTimesHoweverOftenItIsAsked) {
  auto config = by_trace("1\n3\n3\n10\n");
  config.delay = milliseconds(2);
  config.outages = {{milliseconds(6), milliseconds(20), OutageQueue::hold}};
  Link rarely(config), often(config);
  offer_many(rarely, ms(0), 12, bytes(700));
  offer_many(often, ms(0), 12, bytes(700));
  std::vector<Delivery> piecemeal;
  while (const auto next = often.next_event()) {
    for (const auto& delivery : often.advance(*next)) piecemeal.push_back(delivery);
  }
  EXPECT_EQ(rarely.advance(ms(1000)), piecemeal);
  EXPECT_EQ(piecemeal.size(), 12U);
}

TEST(Link, DropsWhatWouldNotFitIntoTheQueue) {
  auto config = constant(DataRate::kilobits_per_second(1000));
  config.queue_limit = bytes(3000);
  Link link(config);
  EXPECT_EQ(link.offer(ms(0), bytes(1500), 1), Offered::queued);
  EXPECT_EQ(link.offer(ms(0), bytes(1500), 2), Offered::queued);
  EXPECT_EQ(link.offer(ms(0), bytes(1), 3), Offered::dropped);
  EXPECT_EQ(link.queued_bytes(), bytes(3000));
  EXPECT_EQ(link.offer(at(microseconds(11'999)), bytes(1500), 4), Offered::dropped) << "the first is still being sent";
  EXPECT_EQ(link.offer(ms(12), bytes(1500), 5), Offered::queued);
  EXPECT_EQ(link.counters().dropped, (LinkCounters::Count{2, bytes(1501)}));
}

TEST(Link, FollowsItsSteps) {
  auto config = constant(DataRate::kilobits_per_second(1000));
  config.steps = {{milliseconds(5), DataRate::kilobits_per_second(2000)},
                  {milliseconds(10), DataRate()},
                  {milliseconds(20), DataRate::kilobits_per_second(1000)}};
  Link link(config);
  offer_many(link, ms(0), 2, bytes(1250));  // 10 kbit each: 5 + 10 kbit until 10 ms, then a pause
  EXPECT_EQ(times(link.advance(ms(100))), (std::vector<std::int64_t>{7500, 25'000}));
  EXPECT_EQ(link.offered_capacity(ms(0), ms(100)), bytes(625 + 1250 + 80 * 125));
  EXPECT_EQ(link.offered_capacity(ms(4), ms(6)), bytes(125 + 250));
}

TEST(Link, ScalesItsRate) {
  auto config = constant(DataRate::kilobits_per_second(1000));
  config.rate_scale = 0.5;
  Link link(config);
  link.offer(ms(0), bytes(1250), 1);
  EXPECT_EQ(times(link.advance(ms(100))), (std::vector<std::int64_t>{20'000}));
  auto traced = by_trace("10\n");
  traced.rate_scale = 0.5;
  Link half(traced);
  half.offer(ms(0), bytes(1504), 1);
  EXPECT_EQ(times(half.advance(ms(100))), (std::vector<std::int64_t>{20'000}));
  EXPECT_EQ(half.offered_capacity(ms(0), ms(100)), bytes(7520));
}

TEST(LinkByTrace, LetsSmallPacketsShareAnOpportunity) {
  Link link(by_trace("10\n20\n30\n"));
  offer_many(link, ms(0), 4, bytes(500));
  EXPECT_THAT(times(link.advance(ms(30))), ElementsAre(10'000, 10'000, 10'000, 20'000));
}

TEST(LinkByTrace, LetsALargePacketSpanSeveral) {
  Link link(by_trace("10\n20\n30\n"));
  link.offer(ms(0), bytes(3009), 1);
  EXPECT_THAT(times(link.advance(ms(100))), ElementsAre(30'000));
}

TEST(LinkByTrace, CountsALineAgainAsAnotherOpportunity) {
  Link link(by_trace("10\n10\n40\n"));
  offer_many(link, ms(0), 3, bytes(1504));
  EXPECT_THAT(times(link.advance(ms(100))), ElementsAre(10'000, 10'000, 40'000));
}

TEST(LinkByTrace, LosesWhatFindsNoPacket) {
  Link link(by_trace("10\n20\n50\n"));
  link.offer(ms(15), bytes(100), 1);
  link.offer(ms(20), bytes(100), 2);  // at the very instant: too late for it
  EXPECT_THAT(times(link.advance(ms(100))), ElementsAre(20'000, 50'000));
  EXPECT_EQ(link.offered_capacity(ms(0), ms(50)), bytes(3 * 1504));
}

TEST(LinkByTrace, BeginsAnewAtItsEnd) {
  Link link(by_trace("0\n4\n10\n"));
  EXPECT_THAT(link.advance(ms(12)), IsEmpty());
  offer_many(link, ms(12), 5, bytes(1504));
  EXPECT_THAT(times(link.advance(ms(40))), ElementsAre(14'000, 20'000, 20'000, 24'000, 30'000));
  EXPECT_EQ(link.offered_capacity(ms(0), ms(10)), bytes(3 * 1504)) << "its last, and the next lap's first";
  EXPECT_EQ(link.offered_capacity(ms(0), ms(10'000)), bytes(2999 * 1504 + 1504));
}

TEST(LinkByTrace, BeginsWhereItIsTold) {
  Link link(by_trace("10\n"), ms(1003));
  link.offer(ms(1003), bytes(100), 1);
  EXPECT_THAT(times(link.advance(ms(2000))), ElementsAre(1'013'000));
  link.offer(ms(2000), bytes(100), 2);
  link.restart(ms(2001));
  EXPECT_THAT(times(link.advance(ms(3000))), ElementsAre(2'011'000));
}

TEST(Link, KeepsItsPlanForTheRestartIfItIsToldTo) {
  auto config = constant(DataRate::kilobits_per_second(1000));
  config.steps = {{milliseconds(0), DataRate::kilobits_per_second(2000)}};
  config.outages = {{milliseconds(0), milliseconds(50), OutageQueue::hold}};
  config.plan_at_restart = true;
  Link link(config);
  link.offer(ms(0), bytes(1250), 1);
  EXPECT_EQ(times(link.advance(ms(100))), (std::vector<std::int64_t>{10'000}));
  link.restart(ms(100));
  link.offer(ms(100), bytes(1250), 2);
  EXPECT_EQ(times(link.advance(ms(200))), (std::vector<std::int64_t>{155'000}));
}

TEST(LinkOutage, HoldsTheQueue) {
  auto config = constant(DataRate::kilobits_per_second(1000), milliseconds(1));
  config.outages = {{milliseconds(15), milliseconds(100), OutageQueue::hold}};
  Link link(config);
  offer_many(link, ms(0), 2, bytes(1250));
  link.offer(ms(50), bytes(1250), 9);
  EXPECT_TRUE(link.is_out());
  EXPECT_EQ(link.rate(), DataRate());
  EXPECT_EQ(times(link.advance(ms(200))), (std::vector<std::int64_t>{11'000, 121'000, 131'000}));
  EXPECT_EQ(link.offered_capacity(ms(0), ms(200)), bytes(100 * 125));
}

TEST(LinkOutage, DropsTheQueueWhenItIsToldTo) {
  auto config = constant(DataRate::kilobits_per_second(1000), milliseconds(10));
  config.outages = {{milliseconds(15), milliseconds(100), OutageQueue::drop}};
  Link link(config);
  offer_many(link, ms(0), 3, bytes(1250));
  EXPECT_THAT(ids(link.advance(ms(50))), ElementsAre(0)) << "what is past the queue arrives";
  EXPECT_THAT(link.take_flushed(), ElementsAre(1, 2));
  EXPECT_THAT(link.take_flushed(), IsEmpty());
  EXPECT_EQ(link.queued_bytes(), bytes(0));
  link.offer(ms(50), bytes(1250), 9);
  EXPECT_EQ(times(link.advance(ms(200))), (std::vector<std::int64_t>{135'000}));
}

TEST(LinkOutage, BeginsAndEndsOnCommand) {
  Link link(constant(DataRate::kilobits_per_second(1000)));
  link.begin_outage(ms(10));
  link.offer(ms(11), bytes(1250), 1);
  EXPECT_EQ(link.next_event(), std::nullopt) << "nobody knows when it ends";
  EXPECT_THAT(link.advance(ms(5000)), IsEmpty());
  link.end_outage(ms(5000));
  EXPECT_EQ(times(link.advance(ms(6000))), (std::vector<std::int64_t>{5'010'000}));
  link.begin_outage(ms(6000), milliseconds(500));
  link.offer(ms(6000), bytes(1250), 2);
  EXPECT_EQ(times(link.advance(ms(7000))), (std::vector<std::int64_t>{6'510'000}));
}

TEST(LinkCommands, ARateReplacesTheTraceAndTheStepsToCome) {
  Link link(by_trace("100\n"));
  link.offer(ms(0), bytes(1504), 1);
  link.offer(ms(0), bytes(1250), 2);
  EXPECT_THAT(ids(link.advance(ms(150))), ElementsAre(1));
  link.set_rate(ms(150), DataRate::kilobits_per_second(1000));
  EXPECT_EQ(times(link.advance(ms(300))), (std::vector<std::int64_t>{160'000}));
  EXPECT_EQ(link.offered_capacity(ms(0), ms(300)), bytes(1504 + 150 * 125));
}

TEST(LinkReordering, LetsOthersOvertakeSome) {
  auto config = constant(DataRate::kilobits_per_second(10'000), milliseconds(5));
  config.reordering = {0.25, milliseconds(7)};
  Link link(config);
  offer_many(link, ms(0), 400, bytes(1250));  // one each millisecond
  const auto arrived = link.advance(ms(1000));
  int late = 0;
  for (const auto& delivery : arrived) {
    const auto expected = ms(static_cast<std::int64_t>(delivery.id) + 6);
    if (delivery.at == expected + milliseconds(7))
      ++late;
    else
      EXPECT_EQ(delivery.at, expected);
  }
  EXPECT_EQ(arrived.size(), 400U);
  EXPECT_NEAR(late, 100, 30);
  EXPECT_EQ(link.counters().held_back, late);
  EXPECT_FALSE(std::is_sorted(arrived.begin(), arrived.end(), [](auto& a, auto& b) { return a.id < b.id; }));
}

TEST(LinkCounters, AddUp) {
  auto config = constant(DataRate::kilobits_per_second(3000), milliseconds(30));
  config.loss = {0.02, 0.3, 0.01, 0.7};
  config.queue_limit = bytes(20'000);
  config.outages = {{milliseconds(500), milliseconds(100), OutageQueue::drop}};
  Link link(config);
  std::size_t delivered = 0;
  for (int i = 0; i < 1000; ++i) {
    offer_many(link, ms(i), 1, bytes(400 + i % 100));
    delivered += link.advance(ms(i)).size();
  }
  const auto& c = link.counters();
  EXPECT_EQ(c.offered.packets, 1000);
  EXPECT_GT(c.lost.packets * c.dropped.packets * c.flushed.packets, 0);
  EXPECT_EQ(c.delivered.packets, static_cast<std::int64_t>(delivered));
  delivered = link.advance(ms(5000)).size();
  EXPECT_GT(delivered, 0U) << "some were on their way";
  EXPECT_EQ(c.offered.size, c.lost.size + c.dropped.size + c.flushed.size + c.delivered.size);
}

}  // namespace
}  // namespace rtcbot::linklab
