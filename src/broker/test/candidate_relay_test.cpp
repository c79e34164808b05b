#include "rtcbot/broker/candidate_relay.hpp"

#include <gmock/gmock.h>

namespace rtcbot::broker {
namespace {

using namespace std::chrono_literals;
using signal::OfferId;
using Route = CandidateRelay::Route;

class CandidateRelayTest : public testing::Test {
 protected:
  static std::vector<signal::Candidate> list(std::size_t count) { return std::vector<signal::Candidate>(count); }
  std::optional<Route> from_page(std::size_t count, bool end = false) {
    candidates = list(count);
    return relay.from_page(request, candidates, end);
  }
  std::optional<RequestId> from_robot(Route from, std::size_t count, bool end = false) {
    candidates = list(count);
    return relay.from_robot(from, candidates, end);
  }

  const RequestId request{1};
  const Route route{SocketId(10), OfferId(100)};
  std::vector<signal::Candidate> candidates;
  CandidateRelay relay{{.max_per_offer = 3, .after_answer = 15s}};
};

TEST_F(CandidateRelayTest, ForwardsBothWaysWhileThereIsARoute) {
  EXPECT_EQ(from_page(1), std::nullopt);
  EXPECT_EQ(relay.stats().dropped, 1);
  relay.begin(request, route);
  EXPECT_EQ(from_page(2), route);
  EXPECT_EQ(from_robot(route, 1), request);
  EXPECT_EQ(relay.end(request), route);
  EXPECT_EQ(relay.end(request), std::nullopt);
  EXPECT_EQ(from_robot(route, 1), std::nullopt);
  EXPECT_EQ(relay.stats().forwarded, 3);
}

TEST_F(CandidateRelayTest, BoundsEachSide) {
  relay.begin(request, route);
  EXPECT_EQ(from_page(2), route);
  EXPECT_EQ(from_page(2), route);
  EXPECT_EQ(candidates.size(), 1U);
  EXPECT_EQ(from_page(1), std::nullopt) << "nothing is left to send";
  EXPECT_EQ(from_page(1, true), route) << "but the end";
  EXPECT_EQ(candidates.size(), 0U);
  EXPECT_EQ(from_robot(route, 3), request);
  EXPECT_EQ(relay.stats().dropped, 3);
}

TEST_F(CandidateRelayTest, TakesCandidatesOfTheOffersOwnRobotOnly) {
  relay.begin(request, route);
  EXPECT_EQ(from_robot({SocketId(11), route.offer}, 1), std::nullopt);
  EXPECT_EQ(from_robot({route.robot, OfferId(101)}, 1), std::nullopt);
}

TEST_F(CandidateRelayTest, EndsARouteSomeTimeAfterTheAnswer) {
  relay.begin(request, route);
  EXPECT_EQ(relay.next_timeout(), kNever) << "the request has a deadline of its own";
  relay.answered(Timestamp(1s), request);
  EXPECT_EQ(relay.next_timeout(), Timestamp(16s));
  relay.handle_timeout(Timestamp(16s) - 1us);
  EXPECT_TRUE(relay.contains(request));
  relay.handle_timeout(Timestamp(16s));
  EXPECT_FALSE(relay.contains(request));
  EXPECT_EQ(relay.next_timeout(), kNever);
}

TEST_F(CandidateRelayTest, EndsAllRoutesOfARobotThatLeft) {
  relay.begin(request, route);
  relay.begin(RequestId(2), {route.robot, OfferId(101)});
  relay.begin(RequestId(3), {SocketId(11), OfferId(102)});
  relay.answered(Timestamp(1s), request);
  relay.robot_left(route.robot);
  EXPECT_FALSE(relay.contains(request));
  EXPECT_FALSE(relay.contains(RequestId(2)));
  EXPECT_TRUE(relay.contains(RequestId(3)));
  EXPECT_EQ(relay.next_timeout(), kNever);
}

}  // namespace
}  // namespace rtcbot::broker
