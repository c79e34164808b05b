#include <gtest/gtest.h>

#include "cluster_bench.hpp"

namespace rtcbot::cluster {
namespace {

using namespace testing;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Offers : public ::testing::Test {
 protected:
  Offers() {
    bench.dial(0, "rover");
    bench.run(100ms);
  }
  /// What was answered at the asking server, since the beginning.
  [[nodiscard]] const std::vector<broker::Respond>& responses() const { return bench.servers[1].responses; }

  ClusterBench bench{3};
};

TEST_F(Offers, AnOfferGoesToTheServerThatHoldsTheRobotAndItsAnswerComesBack) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.run(20ms);
  ASSERT_THAT(bench.servers[0].inbound_offers, SizeIs(1));
  EXPECT_EQ(bench.servers[0].inbound_offers[0].body, offer_body("one"));
  EXPECT_EQ(bench.servers[0].inbound_offers[0].trace, "trace");
  bench.answer(0, bench.servers[0].inbound_offers[0], "one");
  bench.run(20ms);
  EXPECT_THAT(responses(), ElementsAre(Answers(request, "one")));
}

TEST_F(Offers, ARobotThatIsNowhereIsRefusedAtOnceWithoutAsking) {
  const auto other = bench.forwarded(1, "other", "x"), unnamed = bench.forwarded(1, "", "x");
  EXPECT_THAT(responses(), ElementsAre(Refuses(other, Refusal::robot_offline), Refuses(unnamed, Refusal::no_robot)));
}

TEST_F(Offers, WhatIsNoOfferIsNotSent) {
  bench.servers[1].cluster->offer(bench.now,
                                  {.request = broker::RequestId(7), .robot = named("rover"), .body = "no offer"});
  bench.run(10ms);
  EXPECT_THAT(bench.servers[0].inbound_offers, IsEmpty());
  EXPECT_EQ(
      bench.servers[1].cluster->forwarded_offers().stats().refusals.at(static_cast<std::size_t>(Refusal::bad_offer)),
      1);
}

TEST_F(Offers, AServerThatDiesWhileItIsAskedCostsAQuarterOfASecond) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.run(20ms);
  bench.kill(0);
  bench.run(300ms);
  EXPECT_THAT(responses(), ElementsAre(Refuses(request, Refusal::robot_left)));
  EXPECT_FALSE(bench.is_online(1, "rover"));
  const auto again = bench.forwarded(1, "rover", "two");
  EXPECT_THAT(responses().back(), Refuses(again, Refusal::robot_offline));
}

TEST_F(Offers, AServerThatIsGoneIsFoundOutByTheQuestionItself) {
  bench.kill(0);
  const auto request = bench.forwarded(2, "rover", "one");
  bench.run(20ms);
  EXPECT_THAT(bench.servers[2].responses, ElementsAre(Refuses(request, Refusal::robot_offline)));
}

TEST_F(Offers, ARobotThatNobodyAnswersForIsTimedOutAndTheOtherServerIsTold) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.run(10'400ms);
  EXPECT_THAT(responses(), IsEmpty());
  bench.run(200ms);
  EXPECT_THAT(responses(), ElementsAre(Refuses(request, Refusal::robot_timeout)));
  EXPECT_THAT(bench.servers[0].ended, SizeIs(1));
  bench.answer(0, bench.servers[0].inbound_offers[0], "one");
  bench.run(1s);
  EXPECT_THAT(responses(), SizeIs(1));
}

TEST_F(Offers, ABrowserThatLeavesEndsTheVisit) {
  bench.servers[1].cluster->request_abandoned(bench.forwarded(1, "rover", "one"));
  bench.drain(1);
  bench.run(20ms);
  EXPECT_THAT(bench.servers[0].ended, SizeIs(1));
  EXPECT_THAT(responses(), IsEmpty());
  EXPECT_EQ(bench.servers[1].cluster->waiting(), 0u);
}

TEST_F(Offers, WithoutTheBusAllWhoWaitAreToldAndVisitsEnd) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.run(20ms);
  bench.cut_off(1);
  EXPECT_THAT(responses(), ElementsAre(Refuses(request, Refusal::unavailable)));
  EXPECT_EQ(responses()[0].retry_after, 2s);
  bench.cut_off(0);
  EXPECT_THAT(bench.servers[0].ended, SizeIs(1));
  const auto later = bench.forwarded(1, "rover", "two");
  EXPECT_THAT(responses().back(), Refuses(later, Refusal::unavailable));
}

TEST_F(Offers, WithoutTheStoreKnownRobotsAreReachedAndUnknownOnesMayBeAnywhere) {
  bench.set_store(false);
  const auto known = bench.forwarded(1, "rover", "one");
  const auto unknown = bench.forwarded(1, "other", "x");
  bench.run(20ms);
  bench.answer(0, bench.servers[0].inbound_offers.at(0), "one");
  bench.run(20ms);
  EXPECT_THAT(responses(), ElementsAre(Refuses(unknown, Refusal::unavailable), Answers(known, "one")));
}

TEST_F(Offers, ARobotThatHasMovedIsAskedWhereItIsNow) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.dial(2, "rover");
  bench.run(100ms);
  ASSERT_THAT(bench.servers[0].inbound_offers, SizeIs(1));
  const auto offline = signal::refusal_json(Refusal::robot_offline);
  bench.servers[0].cluster->inbound_offer_answered(bench.servers[0].inbound_offers[0].offer_id,
                                                   {.status = 404, .body = offline});
  bench.leave(0, SocketId(99), "rover");
  bench.run(100ms);
  ASSERT_THAT(bench.servers[2].inbound_offers, SizeIs(1));
  bench.answer(2, bench.servers[2].inbound_offers[0], "one");
  bench.run(100ms);
  EXPECT_THAT(responses(), ElementsAre(Answers(request, "one")));
}

TEST_F(Offers, SixteenMayWaitForOneRobot) {
  for (int i = 0; i < 16; ++i) bench.forwarded(1, "rover", "x");
  const auto request = bench.forwarded(1, "rover", "more");
  EXPECT_THAT(responses(), ElementsAre(Refuses(request, Refusal::busy)));
}

TEST_F(Offers, AReplyThatMakesNoSenseIsNeverPassedOn) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.servers[1].cluster->reply(bench.now, 1, "{\"v\":1,\"id\":1,\"status\":200}\nnonsense");
  bench.drain(1);
  bench.run(10ms);
  EXPECT_THAT(responses(), ElementsAre(Refuses(request, Refusal::robot_left)));
  EXPECT_EQ(bench.servers[1].cluster->forwarded_offers().stats().bad_replies, 1);
}

TEST_F(Offers, AServerThatStopsTellsItsOwnBrowsersAndTakesNoMoreOffers) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.servers[1].cluster->stop(bench.now);
  bench.drain(1);
  bench.run(20ms);
  EXPECT_THAT(responses(), ElementsAre(Refuses(request, Refusal::stopping)));
  bench.servers[0].cluster->stop(bench.now);
  const auto other = bench.forwarded(2, "rover", "two");
  bench.run(20ms);
  EXPECT_THAT(bench.servers[2].responses, ElementsAre(Refuses(other, Refusal::stopping)));
}

TEST_F(Offers, AReplyThatIsOvertakenByTheLastWordOfItsServerCounts) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.run(20ms);
  bench.servers[0].cluster->farewell();
  bench.drain(0);
  bench.run(20ms);
  EXPECT_FALSE(bench.is_online(1, "rover"));
  EXPECT_THAT(responses(), IsEmpty());
  bench.answer(0, bench.servers[0].inbound_offers[0], "one");
  bench.run(20ms);
  EXPECT_THAT(responses(), ElementsAre(Answers(request, "one")));
}

TEST_F(Offers, WhoWaitsForAServerThatSaidItsLastWordIsToldWhenNobodyIsThere) {
  const auto request = bench.forwarded(1, "rover", "one");
  bench.run(20ms);
  bench.servers[0].cluster->farewell();
  bench.drain(0);
  bench.kill(0);
  bench.run(400ms);
  EXPECT_THAT(responses(), ElementsAre(Refuses(request, Refusal::robot_left)));
}

}  // namespace
}  // namespace rtcbot::cluster
