// Robots that speak rtcbot.v1: everything is matched by id.
#include <gtest/gtest.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::OfferId;
using signal::Protocol;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The ids under which the offers were sent.
std::vector<OfferId> offer_ids(const std::vector<Action>& actions) {
  std::vector<OfferId> ids;
  for (const Action& action : actions) ids.push_back(sent<signal::OfferMessage>(action).id);
  return ids;
}

TEST(V1Robot, IsWelcomedAfterItsHelloAndOnlineFromThen) {
  BrokerBench bench({.server_version = "1.2", .ice_servers = {{{"stun:s"}, "", ""}}});
  const auto robot = bench.connect("rover", Protocol::v1);
  EXPECT_FALSE(bench.broker.is_online(named("rover")));
  bench.say(robot, write_message(signal::Hello{.name = "rover"}));
  const auto actions = bench.actions();
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(sent<signal::Welcome>(actions[0]),
            (signal::Welcome{1, "1.2", {{{"stun:s"}, "", ""}}, {"trickle", "snapshot"}}));
  EXPECT_TRUE(bench.broker.is_online(named("rover")));
}

TEST(V1Robot, MayNameItselfWhereThePathDoesNot) {
  BrokerBench bench;
  bench.say(bench.connect("", Protocol::v1), write_message(signal::Hello{.name = "rover"}));
  EXPECT_TRUE(bench.broker.is_online(named("rover")));
}

TEST(V1Robot, IsToldWhomNotToHear) {
  BrokerBench bench;
  const auto robot = bench.connect("rover", Protocol::v1);
  bench.say(robot, write_message(signal::Hello{.name = "rover"}));
  bench.actions();
  bench.broker.offer(bench.now, RequestId(1), named("rover"), signal::write_offer({make_sdp("a")}),
                     {.watch_only = true});
  bench.broker.offer(bench.now, RequestId(2), named("rover"), signal::write_offer({make_sdp("b")}), {});
  bench.broker.page_offer(
      bench.now,
      {.request = RequestId(3), .robot = named("rover"), .sdp = make_sdp("c"), .permissions = {.watch_only = true}});
  std::vector<bool> told;
  for (const Action& action : bench.actions())
    told.push_back(sent<signal::OfferMessage>(action).permissions.watch_only);
  EXPECT_THAT(told, ElementsAre(true, false, true));
}

TEST(V1Robot, IsClosedForAHelloThatCannotBe) {
  for (const char* name : {"connect", "not rover"}) {
    SCOPED_TRACE(name);
    BrokerBench bench;
    const auto robot = bench.connect("rover", Protocol::v1);
    bench.say(robot, write_message(signal::Hello{.name = name}));
    EXPECT_THAT(bench.actions(), ElementsAre(Closes(robot, 1008)));
  }
}

TEST(V1Robot, IsClosedWhenItSaysHelloTwiceOrSomethingElseFirst) {
  BrokerBench bench;
  const auto twice = bench.connect_v1("a");
  bench.say(twice, write_message(signal::Hello{}));
  const auto other = bench.connect("b", Protocol::v1);
  bench.say(other, write_message(signal::Status{}));
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(twice, 1008), Closes(other, 1008)));
}

TEST(V1Robot, IsClosedWhenItDoesNotSayHelloInTime) {
  BrokerBench bench;
  const auto robot = bench.connect("", Protocol::v1);
  bench.advance(bench.broker.next_timeout() - bench.now);
  EXPECT_EQ(bench.now, Timestamp(10s));
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(robot, 1008)));
}

TEST(V1Robot, AnswersManyAtOnceInAnyOrder) {
  BrokerBench bench;
  const auto robot = bench.connect_v1();
  const auto one = bench.ask("one"), two = bench.ask("two");
  const auto ids = offer_ids(bench.actions());
  ASSERT_EQ(ids.size(), 2u);
  bench.say(robot, v1_answer(ids[1], "for two"));
  bench.say(robot, v1_answer(ids[0], "for one"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(two, "for two"), Answers(one, "for one")));
}

TEST(V1Robot, IsToldToStopWhenItsAnswerIsNotWaitedForAnyMore) {
  BrokerBench bench;
  const auto robot = bench.connect_v1();
  const auto one = bench.ask("one"), two = bench.ask("two");
  const auto ids = offer_ids(bench.actions());
  bench.broker.request_abandoned(bench.now, one);
  bench.advance(10s);
  EXPECT_THAT(bench.actions(), ElementsAre(Action(SendText{robot, write_message(signal::Cancel{ids[0]})}),
                                           Action(SendText{robot, write_message(signal::Cancel{ids[1]})}),
                                           Refuses(two, Refusal::robot_timeout)));
  bench.say(robot, v1_answer(ids[0], "late"));
  bench.say(robot, v1_answer(ids[1], "late"));
  EXPECT_THAT(bench.actions(), IsEmpty());
  EXPECT_EQ(bench.broker.stats().late_answers, 2);
  EXPECT_TRUE(bench.broker.is_online(named("")));
}

TEST(V1Robot, CannotAnswerTheOfferOfAnotherRobot) {
  BrokerBench bench;
  const auto thief = bench.connect_v1("thief"), rover = bench.connect_v1("rover");
  const auto request = bench.ask("one", "rover");
  const auto ids = offer_ids(bench.actions());
  bench.say(thief, v1_answer(ids.at(0), "stolen"));
  EXPECT_THAT(bench.actions(), IsEmpty());
  bench.say(rover, v1_answer(ids.at(0), "right"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(request, "right")));
}

TEST(V1Robot, PassesItsRefusalOnWithTheTimeToWait) {
  BrokerBench bench;
  const auto robot = bench.connect_v1();
  const auto request = bench.ask("one");
  const auto ids = offer_ids(bench.actions());
  bench.say(robot, write_message(signal::RefusalMessage{ids.at(0), "busy", "Full.", 7s}));
  const auto actions = bench.actions();
  EXPECT_THAT(actions, ElementsAre(Refuses(request, Refusal::busy)));
  EXPECT_EQ(std::get<Respond>(actions[0]).retry_after, 7s);
}

TEST(V1Robot, WithAnAnswerThatIsNoSdpFailsThatBrowserAlone) {
  BrokerBench bench;
  const auto robot = bench.connect_v1();
  const auto request = bench.ask("one");
  const auto ids = offer_ids(bench.actions());
  bench.say(robot, write_message(signal::AnswerMessage{ids.at(0), "no sdp"}));
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(request, Refusal::robot_left)));
  EXPECT_TRUE(bench.broker.is_online(named("")));
}

TEST(V1Robot, IsClosedForWhatIsNoMessageAndMayBeNewerThanTheServer) {
  BrokerBench bench;
  const auto newer = bench.connect_v1("newer"), broken = bench.connect_v1("broken");
  bench.say(newer, R"({"type":"telepathy"})");
  bench.say(broken, "hello");
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(broken, 1007)));
  EXPECT_EQ(bench.broker.stats().unknown_messages, 1);
}

TEST(V1Robot, IsGivenIceServersThatAreMadeForEachOffer) {
  int made = 0;
  BrokerBench bench({.ice_servers_of_offer = [&made](SocketId, const signal::RobotName& robot) {
    return std::vector<signal::IceServer>{{{"turn:relay.example.org"}, robot.text() + std::to_string(++made), "x"}};
  }});
  bench.connect_v1("rover");
  for (const auto* number : {"rover1", "rover2"}) {
    bench.ask("one", "rover");
    const auto actions = bench.actions();
    ASSERT_EQ(actions.size(), 1u);
    EXPECT_EQ(sent<signal::OfferMessage>(actions[0]).ice_servers.at(0).username, number);
  }
}

TEST(V1Robot, WithoutANameIsSpokenOfWithoutOne) {
  BrokerBench bench;
  const auto robot = bench.connect_v1("");
  bench.say(robot, "nonsense");
  std::vector<std::string> said;
  while (const auto action = bench.broker.poll_action()) {
    if (const auto* record = std::get_if<LogRecord>(&*action)) said.push_back(record->message);
  }
  EXPECT_THAT(said, ::testing::Contains(::testing::StartsWith("the robot is closed: ")));
}

}  // namespace
}  // namespace rtcbot::broker
