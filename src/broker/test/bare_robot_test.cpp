// Unmodified RTCBot robots: no ids, so order is all there is.
#include <gtest/gtest.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(LegacyRobot, GetsTheOfferAsItIsAndItsAnswerReachesTheBrowser) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  EXPECT_THAT(bench.actions(), IsEmpty());  // nothing unasked
  const auto request = bench.ask("one");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "one")));
  bench.say(robot, legacy_answer("for one"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(request, "for one")));
  EXPECT_EQ(bench.broker.next_timeout(), kNever);
}

TEST(LegacyRobot, CannotBeToldWhomNotToHearAndIsNotAskedForThem) {
  BrokerBench bench;
  bench.connect_legacy();
  bench.broker.offer(bench.now, RequestId(9), named(""), signal::parse_offer(offer_body("watcher")),
                     {.permissions = {.watch_only = true}});
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(RequestId(9), Refusal::forbidden)));
  EXPECT_EQ(bench.broker.waiting(), 0u);
}

TEST(LegacyRobot, MayHangUpAfterItsAnswerAsTheTutorialsDoes) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto request = bench.ask("one");
  bench.say(robot, legacy_answer("for one"));
  bench.broker.robot_disconnected(bench.now, robot);
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "one"), Answers(request, "for one")));
  EXPECT_THAT(bench.ask("two"), RequestId(2));
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(RequestId(2), Refusal::no_robot)));
}

TEST(LegacyRobot, ThatStaysIsAskedAgainAndAgain) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  for (int i = 0; i < 3; ++i) {
    const auto request = bench.ask("next");
    bench.say(robot, legacy_answer("for next"));
    EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "next"), Answers(request, "for next")));
    bench.advance(1min);
  }
  EXPECT_TRUE(bench.broker.is_online(named("")));
}

TEST(LegacyRobot, GetsOneOfferAtATimeSoThatAnswersCannotBeMixedUp) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto one = bench.ask("one"), two = bench.ask("two");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "one")));
  bench.say(robot, legacy_answer("for one"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(one, "for one"), SendsLegacyOffer(robot, "two")));
  bench.say(robot, legacy_answer("for two"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(two, "for two")));
}

TEST(LegacyRobot, IsClosedWhenItDoesNotAnswerBecauseLaterAnswersWouldBeShifted) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto one = bench.ask("one");
  bench.advance(4s);
  const auto two = bench.ask("two");
  bench.actions();
  EXPECT_EQ(bench.broker.next_timeout(), Timestamp(10s));
  bench.advance(6s);
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(one, Refusal::robot_timeout), Refuses(two, Refusal::robot_left),
                                           Closes(robot, 1008)));
  bench.say(robot, legacy_answer("too late"));
  EXPECT_THAT(bench.actions(), IsEmpty());
}

TEST(LegacyRobot, HasItsFullTimeForAnOfferThatStoodInLine) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto one = bench.ask("one"), two = bench.ask("two");
  bench.advance(9s);
  bench.say(robot, legacy_answer("for one"));
  EXPECT_THAT(bench.actions(),
              ElementsAre(SendsLegacyOffer(robot, "one"), Answers(one, "for one"), SendsLegacyOffer(robot, "two")));
  bench.advance(1s);
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(two, Refusal::robot_timeout)));  // the robot stays
  const auto three = bench.ask("three");
  bench.say(robot, legacy_answer("for two"));
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "three")));  // what was for two is swallowed
  bench.say(robot, legacy_answer("for three"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(three, "for three")));
  EXPECT_EQ(bench.broker.stats().late_answers, 1);
}

TEST(LegacyRobot, DoesNotGiveTheNextBrowserTheAnswerOfOneThatLeft) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto one = bench.ask("one"), two = bench.ask("two");
  bench.broker.request_abandoned(bench.now, one);
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "one")));
  bench.say(robot, legacy_answer("for one"));
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "two")));
  bench.say(robot, legacy_answer("for two"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(two, "for two")));
}

TEST(LegacyRobot, IsNotBotheredWithAnOfferWhoseBrowserLeftTheLine) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  bench.ask("one");
  bench.broker.request_abandoned(bench.now, bench.ask("two"));
  bench.ask("three");
  bench.actions();
  bench.say(robot, legacy_answer("for one"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(RequestId(1), "for one"), SendsLegacyOffer(robot, "three")));
}

TEST(LegacyRobot, IsClosedForAnAnswerThatNobodyAskedFor) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  bench.say(robot, legacy_answer("unasked"));
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(robot, 1008)));
  EXPECT_FALSE(bench.broker.is_online(named("")));
}

TEST(LegacyRobot, IsClosedForTextThatIsNoAnswerAndTheBrowserIsTold) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto one = bench.ask("one"), two = bench.ask("two");
  bench.actions();
  bench.say(robot, "hello, I am text");
  EXPECT_THAT(bench.actions(),
              ElementsAre(Refuses(one, Refusal::robot_left), Refuses(two, Refusal::robot_left), Closes(robot, 1007)));
}

TEST(LegacyRobot, MaySayWhyNotAndStays) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto one = bench.ask("one"), two = bench.ask("two");
  bench.actions();
  bench.say(robot, R"({"error": "bad_offer", "message": "No video in it."})");
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(one, Refusal::bad_offer), SendsLegacyOffer(robot, "two")));
  bench.say(robot, R"({"error": "grumpy", "message": "No."})");
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(two, Refusal::internal)));
}

TEST(LegacyRobot, ThatDiesLeavesNobodyWaiting) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  const auto one = bench.ask("one"), two = bench.ask("two");
  bench.actions();
  bench.broker.robot_disconnected(bench.now, robot);
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(one, Refusal::robot_left), Refuses(two, Refusal::robot_left)));
  EXPECT_EQ(bench.broker.waiting(), 0u);
  EXPECT_EQ(bench.broker.next_timeout(), kNever);
}

}  // namespace
}  // namespace rtcbot::broker
