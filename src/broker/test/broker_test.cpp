#include <gtest/gtest.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Broker, SaysAtOnceThatThereIsNoRobot) {
  BrokerBench bench;
  const auto unnamed = bench.ask("one"), of_rover = bench.ask("two", "rover");
  EXPECT_THAT(bench.actions(),
              ElementsAre(Refuses(unnamed, Refusal::no_robot), Refuses(of_rover, Refusal::robot_offline)));
  EXPECT_EQ(bench.broker.stats().refused(Refusal::no_robot), 1);
  EXPECT_EQ(bench.broker.stats().refused(Refusal::robot_offline), 1);
}

TEST(Broker, ForgetsARobotThatLeft) {
  BrokerBench bench;
  bench.broker.robot_disconnected(bench.now, bench.connect_legacy("rover"));
  bench.ask("one", "rover");
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(RequestId(1), Refusal::robot_offline)));
}

TEST(Broker, RefusesABodyThatIsNoOfferWithoutBotheringTheRobot) {
  BrokerBench bench({.limits = {.max_message_bytes = 2'000}});
  bench.connect_legacy();
  for (const auto& [body, refusal] : {std::pair{std::string("nonsense"), Refusal::bad_offer},
                                      {std::string(R"({"type":"offer","sdp":"v=0"})"), Refusal::bad_offer},
                                      {legacy_answer("x"), Refusal::bad_offer},
                                      {std::string(3'000, 'x'), Refusal::too_large}}) {
    SCOPED_TRACE(body.substr(0, 30));
    const RequestId request(++bench.last_request);
    bench.broker.offer(bench.now, request, {}, body);
    EXPECT_THAT(bench.actions(), ElementsAre(Refuses(request, refusal)));
  }
}

TEST(Broker, BoundsHowManyWaitForOneRobot) {
  BrokerBench bench({.max_waiting_per_robot = 2, .retry_after = 3s});
  bench.connect_legacy();
  bench.ask("one");
  bench.ask("two");
  bench.actions();
  bench.ask("three");
  const auto actions = bench.actions();
  EXPECT_THAT(actions, ElementsAre(Refuses(RequestId(3), Refusal::busy)));
  EXPECT_EQ(std::get<Respond>(actions[0]).retry_after, 3s);
}

TEST(Broker, LetsTheNewestRobotOfACredentialWin) {
  BrokerBench bench;
  const auto old = bench.connect_legacy("rover", "anna");
  const auto request = bench.ask("one", "rover");
  bench.actions();
  const auto fresh = bench.connect_legacy("rover", "anna");
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(request, Refusal::robot_left), Closes(old, signal::kCloseReplaced)));
  bench.ask("two", "rover");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(fresh, "two")));
  bench.broker.robot_disconnected(bench.now, old);  // the old socket's end changes nothing
  EXPECT_TRUE(bench.broker.is_online(named("rover")));
  EXPECT_EQ(bench.broker.stats().robots_replaced, 1);
}

TEST(Broker, KeepsRobotsOfDifferentNamesApart) {
  BrokerBench bench;
  const auto a = bench.connect_legacy("a"), b = bench.connect_legacy("b");
  bench.ask("for a", "a");
  bench.ask("for b", "b");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(a, "for a"), SendsLegacyOffer(b, "for b")));
  bench.say(b, legacy_answer("of b"));
  bench.say(a, legacy_answer("of a"));
  EXPECT_THAT(bench.actions(), ElementsAre(Answers(RequestId(2), "of b"), Answers(RequestId(1), "of a")));
}

TEST(Broker, ClosesARobotThatSendsBinary) {
  BrokerBench bench;
  const auto robot = bench.connect_legacy();
  bench.ask("one");
  bench.actions();
  bench.broker.robot_message(bench.now, robot, "\x01", true);
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(RequestId(1), Refusal::robot_left), Closes(robot, 1003)));
}

TEST(Broker, TurnsRobotsAwayOverItsLimit) {
  BrokerBench bench({.max_robots = 1});
  bench.connect_legacy("a");
  const auto second = bench.connect_legacy("b");
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(second, 1013)));
  EXPECT_EQ(bench.broker.stats().robots_turned_away, 1);
}

TEST(Broker, TellsEverybodyWhenItStops) {
  BrokerBench bench;
  const auto legacy = bench.connect_legacy("bare"), v1 = bench.connect_v1("v1");
  const auto one = bench.ask("one", "bare"), two = bench.ask("two", "v1");
  bench.actions();
  bench.broker.stop(bench.now);
  const auto actions = bench.actions();
  ASSERT_EQ(actions.size(), 5u);
  EXPECT_THAT(actions[0], Refuses(one, Refusal::stopping));
  EXPECT_THAT(actions[1], Closes(legacy, 1012));
  EXPECT_THAT(actions[2], Refuses(two, Refusal::stopping));
  EXPECT_EQ(sent<signal::Stopping>(actions[3]).retry_after, 2s);
  EXPECT_THAT(actions[4], Closes(v1, 1012));
}

TEST(Broker, SpreadsTheTimesAtWhichRobotsComeBack) {
  BrokerBench bench;
  for (const char* name : {"a", "b", "c"}) bench.connect_v1(name);
  bench.broker.stop(bench.now);
  std::vector<std::chrono::milliseconds> told;
  for (const auto& action : bench.actions()) {
    if (std::holds_alternative<SendText>(action)) told.push_back(sent<signal::Stopping>(action).retry_after);
  }
  EXPECT_THAT(told, ElementsAre(2000ms, 2001ms, 2002ms));
}

TEST(Broker, RefusesEverythingOnceItHasStopped) {
  BrokerBench bench;
  bench.broker.stop(bench.now);
  const auto request = bench.ask("one");
  const auto robot = bench.connect_legacy();
  EXPECT_THAT(bench.actions(), ElementsAre(Refuses(request, Refusal::stopping), Closes(robot, 1012)));
  EXPECT_EQ(bench.broker.next_timeout(), kNever);
}

TEST(Broker, ListsWhoIsOnlineByName) {
  BrokerBench bench;
  bench.connect_legacy("zebra");
  bench.advance(5s);
  const auto ant = bench.connect_v1("ant");
  bench.say(ant, write_message(signal::Status{2, "running"}));
  bench.ask("one", "ant");
  bench.connect("silent", signal::Protocol::v1);  // has not said hello
  const auto list = bench.broker.robots(Timestamp(7s));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].name, named("ant"));
  EXPECT_EQ(list[0].viewers, 2);
  EXPECT_EQ(list[0].camera, "running");
  EXPECT_EQ(list[0].waiting, 1u);
  EXPECT_EQ(list[0].online_for, Duration(2s));
  EXPECT_EQ(list[1].viewers, std::nullopt);
  EXPECT_EQ(list[1].online_since, Timestamp(0s));
}

TEST(Broker, LogsArrivalsAndReplacements) {
  Broker broker({});
  broker.robot_connected(Timestamp(), {.id = SocketId(1), .name = named("rover"), .remote = "192.0.2.7:4711"});
  const auto action = broker.poll_action();
  ASSERT_TRUE(action.has_value());
  EXPECT_THAT(std::get<LogRecord>(*action).message, HasSubstr("rover is online from 192.0.2.7:4711"));
}

TEST(Broker, IgnoresWhatItDoesNotKnow) {
  BrokerBench bench;
  bench.say(SocketId(7), "text");
  bench.broker.robot_disconnected(bench.now, SocketId(7));
  bench.broker.request_abandoned(bench.now, RequestId(7));
  bench.advance(1h);
  EXPECT_THAT(bench.actions(), IsEmpty());
}

TEST(Broker, RobotsThatComeAndGoAreAFewLinesAndACount) {
  BrokerBench bench;
  std::vector<std::string> lines;
  const auto collect = [&] {
    while (const auto action = bench.broker.poll_action()) {
      if (const auto* record = std::get_if<LogRecord>(&*action)) lines.push_back(record->message);
    }
  };
  for (int i = 0; i < 1'000; ++i) {
    const auto socket = bench.connect_legacy("rover");
    bench.broker.robot_disconnected(bench.now, socket);
    collect();
  }
  EXPECT_EQ(lines.size(), 200U) << "a hundred of each kind";
  EXPECT_EQ(bench.broker.stats().log_lines_suppressed, 1'800);
  EXPECT_LE(bench.broker.next_timeout(), bench.now + 10s);
  bench.broker.handle_timeout(bench.now + 10s);
  collect();
  EXPECT_EQ(lines.size(), 202U);
  EXPECT_THAT(lines.back(), HasSubstr(" … and 900 more like this"));
  EXPECT_EQ(bench.broker.next_timeout(), kNever);
}

}  // namespace
}  // namespace rtcbot::broker
