// Candidates past the answer: to the right one, bounded, and not for ever.
#include <gtest/gtest.h>

#include "broker_bench.hpp"
#include "jpeg_builder.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::Candidate;
using signal::OfferId;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Candidate host(int port = 5000) {
  return {"candidate:1 1 udp 1 192.0.2.1 " + std::to_string(port) + " typ host", "0", 0};
}

/// A robot that trickles, and an offer of a page that waits for it.
class TrickleTest : public ::testing::Test {
 protected:
  TrickleTest() { robot_ = connect_trickling("rover"); }

  SocketId connect_trickling(std::string_view name) {
    const SocketId socket = bench_.connect(name, signal::Protocol::v1);
    bench_.say(socket, write_message(signal::Hello{.features = {"trickle"}}));
    bench_.actions();
    return socket;
  }
  RequestId ask() {
    const RequestId request(++bench_.last_request);
    bench_.broker.page_offer(bench_.now,
                             {.request = request, .robot = named("rover"), .sdp = make_sdp("x"), .trickle = true});
    return request;
  }
  /// The id under which the robot knows the offer just sent.
  OfferId sent_offer() {
    const auto actions = bench_.actions();
    const auto offer = sent<signal::OfferMessage>(actions.at(0));
    EXPECT_TRUE(offer.trickle);
    return offer.id;
  }
  void say(const signal::Message& message) { bench_.say(robot_, write_message(message)); }

  BrokerBench bench_;
  SocketId robot_;
};

TEST_F(TrickleTest, PassesCandidatesBothWaysBeforeAndAfterTheAnswer) {
  const auto request = ask();
  const auto id = sent_offer();
  bench_.broker.page_candidates(request, {host(1)}, false);
  say(signal::AnswerMessage{id, make_sdp("a", "active")});
  say(signal::Candidates{id, {host(2)}, true});
  bench_.broker.page_candidates(request, {}, true);
  const auto to_robot = [&](std::vector<Candidate> list, bool end) {
    return Action(SendText{robot_, write_message(signal::Candidates{id, std::move(list), end})});
  };
  EXPECT_THAT(bench_.actions(), ElementsAre(to_robot({host(1)}, false), Answers(request, "a"),
                                            Action(RobotCandidates{request, {host(2)}, true}), to_robot({}, true)));
  EXPECT_EQ(bench_.broker.stats().candidates, 2);
}

TEST_F(TrickleTest, EndsAWhileAfterTheAnswer) {
  const auto request = ask();
  const auto id = sent_offer();
  say(signal::AnswerMessage{id, make_sdp("a", "active")});
  bench_.actions();
  bench_.advance(bench_.broker.next_timeout() - bench_.now);
  EXPECT_EQ(bench_.now, Timestamp(15s));
  bench_.broker.page_candidates(request, {host()}, false);
  say(signal::Candidates{id, {host()}, false});
  EXPECT_THAT(bench_.actions(), IsEmpty());
  EXPECT_EQ(bench_.broker.stats().candidates_dropped, 2);
  EXPECT_EQ(bench_.broker.next_timeout(), kNever);
}

TEST_F(TrickleTest, EndsWithARefusalATimeOutAndTheRobot) {
  const auto refused = ask();
  say(signal::RefusalMessage{sent_offer(), "busy", "Full.", {}});
  bench_.actions();
  const auto late = ask();
  sent_offer();
  bench_.advance(10s);
  bench_.actions();
  const auto left = ask();
  bench_.broker.robot_disconnected(bench_.now, robot_);
  bench_.actions();
  for (const auto request : {refused, late, left}) bench_.broker.page_candidates(request, {host()}, true);
  EXPECT_THAT(bench_.actions(), ElementsAre());
  EXPECT_EQ(bench_.broker.next_timeout(), kNever);
}

TEST_F(TrickleTest, APageThatLeavesAfterTheAnswerIsToldToARobotThatKnowsWhatToDo) {
  for (const bool knows : {true, false}) {
    SCOPED_TRACE(knows);
    bench_.broker.robot_disconnected(bench_.now, robot_);
    robot_ = bench_.connect("rover", signal::Protocol::v1);
    std::vector<std::string> features{"trickle"};
    if (knows) features.emplace_back("cancel-answered");
    say(signal::Hello{.features = features});
    bench_.actions();
    const auto request = ask();
    const auto id = sent_offer();
    say(signal::AnswerMessage{id, make_sdp("a", "active")});
    bench_.actions();
    bench_.broker.request_abandoned(bench_.now, request);
    const Action told(SendText{robot_, write_message(signal::Cancel{id})});
    EXPECT_EQ(bench_.actions(), knows ? std::vector{told} : std::vector<Action>{});
    bench_.broker.request_abandoned(bench_.now, request);
    EXPECT_THAT(bench_.actions(), IsEmpty());
  }
}

TEST_F(TrickleTest, IsBoundedForEitherSide) {
  const auto request = ask();
  const auto id = sent_offer();
  for (int i = 0; i < 10; ++i) {
    bench_.broker.page_candidates(request, std::vector<Candidate>(20, host()), false);
    say(signal::Candidates{id, std::vector<Candidate>(20, host()), false});
  }
  EXPECT_EQ(bench_.broker.stats().candidates, 128);
  EXPECT_EQ(bench_.broker.stats().candidates_dropped, 400 - 128);
}

TEST_F(TrickleTest, OfOneRobotIsNotHeardForTheOfferOfAnother) {
  const auto request = ask();
  const auto id = sent_offer();
  const auto thief = connect_trickling("thief");
  bench_.say(thief, write_message(signal::Candidates{id, {host()}, false}));
  EXPECT_THAT(bench_.actions(), IsEmpty());
  bench_.broker.request_abandoned(bench_.now, request);
  EXPECT_THAT(bench_.actions(), ElementsAre(Action(SendText{robot_, write_message(signal::Cancel{id})})));
}

TEST_F(TrickleTest, IsNotAskedOfARobotThatDoesNotKnowIt) {
  bench_.broker.robot_disconnected(bench_.now, robot_);
  bench_.connect_v1("rover");
  bench_.actions();
  const auto request = ask();
  EXPECT_THAT(bench_.actions(), ElementsAre(Refuses(request, Refusal::robot_left)));
  bench_.broker.page_offer(bench_.now,
                           {.request = RequestId(99), .robot = named("rover"), .sdp = make_sdp("complete")});
  EXPECT_FALSE(sent<signal::OfferMessage>(bench_.broker.poll_action().value()).trickle);
}

TEST_F(TrickleTest, RefusesWhatIsNoSdp) {
  bench_.broker.page_offer(bench_.now,
                           {.request = RequestId(5), .robot = named("rover"), .sdp = "no sdp", .trickle = true});
  EXPECT_THAT(bench_.actions(), ElementsAre(Refuses(RequestId(5), Refusal::bad_offer)));
}

TEST_F(TrickleTest, KeepsPicturesOneASecondApart) {
  const std::string jpeg = signal::testing::make_jpeg("picture");
  say(signal::Snapshot{jpeg});
  say(signal::Snapshot{jpeg});
  EXPECT_THAT(bench_.actions(), ElementsAre(Action(RobotSnapshot{named("rover"), jpeg})));
  EXPECT_EQ(bench_.broker.stats().snapshots_dropped, 1);
}

}  // namespace
}  // namespace rtcbot::broker
