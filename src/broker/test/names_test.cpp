#include <gtest/gtest.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kLegacy = signal::Protocol::legacy;

TEST(Names, ARobotIsOnlineOnlyWhenItsNameIsGranted) {
  BrokerBench bench({.names_are_claimed = true});
  const auto rover = bench.connect_legacy("rover");
  EXPECT_THAT(bench.actions(), ElementsAre(Action(ClaimName{rover, named("rover"), kLegacy})));
  const auto early = bench.ask("early", "rover");
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(early, Refusal::robot_offline)));
  bench.broker.name_decided(bench.now, rover, NameDecision::granted);
  bench.ask("one", "rover");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(rover, "one")));
  EXPECT_THAT(bench.changes, ElementsAre(RobotChanged{rover, named("rover"), true, kLegacy, {}, {}}));
}

TEST(Names, AV1RobotIsWelcomedWhenItsNameIsGrantedAndMayTellItsStateBefore) {
  BrokerBench bench({.names_are_claimed = true});
  const auto rover = bench.connect("", signal::Protocol::v1);
  bench.say(rover, write_message(signal::Hello{.name = "rover"}));
  bench.say(rover, write_message(signal::Status{2, "front"}));
  EXPECT_THAT(bench.actions(), ElementsAre(Action(ClaimName{rover, named("rover"), signal::Protocol::v1})));
  bench.broker.name_decided(bench.now, rover, NameDecision::granted);
  const auto actions = bench.actions();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(sent<signal::Welcome>(actions[0]).version, signal::kVersion);
  EXPECT_EQ(bench.changes.back().viewers, 2);
}

TEST(Names, ANameThatIsTakenOrCannotBeKnownClosesTheRobot) {
  BrokerBench bench({.names_are_claimed = true});
  const auto one = bench.connect_legacy("rover"), two = bench.connect_legacy("rover"),
             three = bench.connect_legacy("x");
  bench.actions();
  bench.broker.name_decided(bench.now, one, NameDecision::taken);
  bench.broker.name_decided(bench.now, two, NameDecision::unknown);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(one, signal::kCloseNameTaken), Closes(two, 1013)));
  EXPECT_EQ(bench.broker.stats().refused(Refusal::name_taken), 1);
  bench.advance(10s);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(three, 1008)));
  bench.broker.name_decided(bench.now, three, NameDecision::granted);
  EXPECT_THAT(bench.actions(), IsEmpty());
}

TEST(Names, ARobotThatHasDialledInElsewhereIsClosedAndWhoWaitsIsTold) {
  BrokerBench bench({.names_are_claimed = true});
  const auto rover = bench.connect_legacy("rover");
  bench.broker.name_decided(bench.now, rover, NameDecision::granted);
  const auto request = bench.ask("one", "rover");
  bench.actions();
  bench.broker.name_lost(bench.now, rover, true);
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(request, Refusal::robot_left), Closes(rover, 4001)));
  EXPECT_FALSE(bench.changes.back().is_online);
  EXPECT_FALSE(bench.broker.is_online(named("rover")));
}

TEST(Names, ARobotThatLosesItsNameToSomebodyElseIsToldSo) {
  BrokerBench bench({.names_are_claimed = true});
  const auto rover = bench.connect_legacy("rover");
  bench.broker.name_decided(bench.now, rover, NameDecision::granted);
  bench.actions();
  bench.broker.name_lost(bench.now, rover, false);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(rover, signal::kCloseNameTaken)));
}

TEST(Names, EveryChangeOfARobotIsTold) {
  BrokerBench bench;
  const auto rover = bench.connect_v1("rover");
  bench.say(rover, write_message(signal::Status{1, "front"}));
  bench.broker.robot_disconnected(bench.now, rover);
  bench.actions();
  ASSERT_EQ(bench.changes.size(), 3u);
  EXPECT_TRUE(bench.changes[0].is_online);
  EXPECT_EQ(bench.changes[1].viewers, 1);
  EXPECT_FALSE(bench.changes[2].is_online);
}

}  // namespace
}  // namespace rtcbot::broker
