// A second connection wants to be a robot that is online.
#include <gtest/gtest.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::Protocol;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Challenge, OfAStrayConnectionTakesNothingFromARobotThatResponds) {
  BrokerBench bench;
  const auto robot = bench.connect_v1();
  const auto stray = bench.connect_legacy();
  EXPECT_THAT(bench.actions(), ElementsAre(Checks(robot)));
  bench.advance(1s);
  bench.broker.robot_alive(bench.now, robot);
  bench.advance(1h);
  EXPECT_THAT(bench.actions(), IsEmpty());
  const auto request = bench.ask("one");
  EXPECT_EQ(std::get<SendText>(bench.actions().at(0)).socket, robot);
  bench.broker.robot_disconnected(bench.now, stray);
  EXPECT_TRUE(bench.broker.is_online(named("")));
  EXPECT_EQ(bench.broker.waiting(), 1U) << request.value();
}

TEST(Challenge, ReplacesARobotThatNoLongerResponds) {
  BrokerBench bench;
  const auto old = bench.connect_legacy();
  const auto fresh = bench.connect_legacy();
  bench.advance(4'999ms);
  EXPECT_THAT(bench.actions(), ElementsAre(Checks(old)));
  bench.advance(1ms);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(old, signal::kCloseReplaced)));
  bench.ask("one");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(fresh, "one")));
}

TEST(Challenge, OfALegacyRobotWaitsUntilTheNameIsFree) {
  BrokerBench bench;
  const auto first = bench.connect_legacy("rover");
  const auto second = bench.connect_legacy("rover");
  bench.broker.robot_alive(bench.now, first);
  bench.advance(10min);
  bench.actions();
  bench.broker.robot_disconnected(bench.now, first);
  EXPECT_TRUE(bench.broker.is_online(named("rover")));
  bench.ask("one", "rover");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(second, "one")));
}

TEST(Challenge, OfALegacyRobotEndsThePlaceOfAStrayConnectionAfterOneUnansweredOffer) {
  BrokerBench bench;
  const auto stray = bench.connect_legacy();
  const auto robot = bench.connect_legacy();
  bench.broker.robot_alive(bench.now, stray);
  const auto request = bench.ask("one");
  bench.actions();
  bench.advance(10s);
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(request, Refusal::robot_timeout), Closes(stray, 1008)));
  bench.ask("two");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(robot, "two")));
}

TEST(Challenge, OfARobotThatSaysHelloEndsThePlaceOfAConnectionThatNeverSpoke) {
  BrokerBench bench;
  const auto stray = bench.connect_legacy();
  const auto robot = bench.dial_v1();
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(stray, signal::kCloseReplaced), Welcomes(robot)));
}

TEST(Challenge, IsRefusedWithASentenceToASecondRobotOfOurs) {
  BrokerBench bench;
  const auto first = bench.connect_v1("", "a");
  const auto second = bench.dial_v1("", "b");
  bench.say(second, write_message(signal::Status{0, "running"}));  // It does not wait for its welcome.
  EXPECT_THAT(bench.actions(), ElementsAre(Checks(first)));
  bench.broker.robot_alive(bench.now, first);
  const auto actions = bench.actions();
  ASSERT_THAT(actions, ElementsAre(Closes(second, signal::kCloseNameTaken)));
  EXPECT_EQ(std::get<CloseSocket>(actions[0]).reason, "another robot without a name is online here");
  EXPECT_EQ(bench.broker.stats().refused(Refusal::name_taken), 1);
  EXPECT_EQ(bench.broker.robots(bench.now).size(), 1U);
}

TEST(Challenge, IsNotNeededByTheSameProgramAfterALostLink) {
  BrokerBench bench;
  const auto old = bench.connect_v1("rover", "a");
  const auto fresh = bench.dial_v1("rover", "a");
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(old, signal::kCloseReplaced), Welcomes(fresh)));
}

TEST(Challenge, OfARobotThatHasAnsweredIsDecidedByWhetherItResponds) {
  BrokerBench bench;
  const auto legacy = bench.connect_legacy();
  bench.ask("one");
  bench.say(legacy, legacy_answer("for one"));
  bench.actions();
  const auto second = bench.dial_v1("", "b");
  EXPECT_THAT(bench.actions(), ElementsAre(Checks(legacy)));
  bench.broker.robot_alive(bench.now, legacy);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(second, signal::kCloseNameTaken)));
}

TEST(Challenge, OfManyIsBounded) {
  BrokerBench bench;
  const auto robot = bench.connect_v1();
  for (int i = 0; i < 4; ++i) bench.connect_legacy();
  bench.actions();
  const auto fifth = bench.connect_legacy();
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(fifth, signal::kCloseNameTaken)));
  bench.broker.robot_alive(bench.now, robot);
  bench.broker.robot_disconnected(bench.now, robot);
  EXPECT_TRUE(bench.broker.is_online(named("")));
  EXPECT_EQ(bench.broker.robots(bench.now).size(), 1U);
}

TEST(Challenge, OfTheNextOneIsPutToTheRobotThatTookThePlace) {
  BrokerBench bench;
  const auto first = bench.connect_legacy();
  const auto second = bench.connect_legacy();
  bench.advance(1s);
  const auto third = bench.connect_legacy();
  bench.actions();
  bench.advance(4s);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(first, signal::kCloseReplaced), Checks(second)));
  bench.advance(4'999ms);
  EXPECT_THAT(bench.actions(), IsEmpty());
  bench.broker.robot_alive(bench.now, second);
  bench.broker.robot_disconnected(bench.now, second);
  bench.ask("one");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(third, "one")));
}

TEST(Challenge, EndsWithItsConnectionAndWithTheServer) {
  BrokerBench bench;
  const auto robot = bench.connect_v1();
  const auto gone = bench.connect_legacy();
  const auto waits = bench.connect_legacy();
  bench.broker.robot_disconnected(bench.now, gone);
  bench.broker.robot_alive(bench.now, robot);
  bench.actions();
  bench.broker.stop(bench.now);
  EXPECT_THAT(bench.actions(), ::testing::Contains(Closes(waits, 1012)));
  EXPECT_FALSE(bench.broker.is_online(named("")));
  EXPECT_EQ(bench.broker.next_timeout(), kNever);
}

TEST(Challenge, AmongServersThatShareNamesIsRefusedOnceTheRobotResponds) {
  BrokerBench bench({.names_are_claimed = true});
  const auto first = bench.connect_legacy("rover");
  bench.broker.name_decided(bench.now, first, NameDecision::granted);
  const auto second = bench.connect_legacy("rover");
  bench.actions();
  bench.broker.robot_alive(bench.now, first);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(second, signal::kCloseNameTaken)));
  const auto third = bench.connect_legacy("rover");
  bench.actions();
  bench.broker.name_lost(bench.now, first, true);
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(third, signal::kCloseNameTaken), Closes(first, 4001)));
}

TEST(Challenge, NeverLogsAnEmptyName) {
  Broker broker({});
  std::string log;
  const auto collect = [&] {
    while (const auto action = broker.poll_action()) {
      if (const auto* record = std::get_if<LogRecord>(&*action)) log += record->message + "\n";
    }
  };
  broker.robot_connected(Timestamp(), SocketId(1), {}, Protocol::legacy, "192.0.2.7:1");
  broker.robot_connected(Timestamp(), SocketId(2), {}, Protocol::legacy, "192.0.2.8:2");
  broker.robot_alive(Timestamp(), SocketId(1));
  broker.robot_disconnected(Timestamp(), SocketId(1));
  collect();
  EXPECT_THAT(log, HasSubstr("a second connection, from 192.0.2.8:2, wants to be the robot"));
  EXPECT_THAT(log, HasSubstr("waits until it leaves"));
  EXPECT_EQ(log.find("''"), std::string::npos) << log;
}

}  // namespace
}  // namespace rtcbot::broker
