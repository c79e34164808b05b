// Credentials that end while their holders watch: robots are told, and no others.
#include <gtest/gtest.h>

#include <set>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class GrantsTest : public ::testing::Test {
 protected:
  GrantsTest()
      : bench_({.why_ended = [this](const std::string& grant) -> std::optional<std::string> {
          if (!ended_.contains(grant)) return std::nullopt;
          return "It was revoked.";
        }}) {}

  void say_grants(SocketId robot, std::vector<std::string> grants) {
    const int viewers = static_cast<int>(grants.size());
    bench_.say(robot, write_message(signal::Status{viewers, "", std::move(grants)}));
  }
  /// What robots were told, as "socket grant".
  std::vector<std::string> told() {
    std::vector<std::string> told;
    for (const Action& action : bench_.actions()) {
      const auto end = sent<signal::EndViewers>(action);
      EXPECT_EQ(end.message, "It was revoked.");
      told.push_back(std::to_string(std::get<SendText>(action).socket.value()).append(" ").append(end.grant));
    }
    return told;
  }

  std::set<std::string> ended_;
  BrokerBench bench_;
};

TEST_F(GrantsTest, RobotsThatHaveItsViewersAreToldOnceWhenAGrantEnds) {
  const SocketId ant = bench_.connect_v1("ant");
  const SocketId bee = bench_.connect_v1("bee");
  const SocketId cow = bench_.connect_v1("cow");
  say_grants(ant, {"k/a", "k/b"});
  say_grants(bee, {"k/b"});
  say_grants(cow, {"k/a"});
  EXPECT_THAT(told(), IsEmpty());
  ended_ = {"k/a"};
  bench_.broker.check_grants();
  EXPECT_EQ(told(), (std::vector<std::string>{"1 k/a", "3 k/a"}));
  EXPECT_EQ(bench_.broker.stats().permissions_ended, 2);
}

TEST_F(GrantsTest, ARobotThatComesWithViewersOfAnEndedGrantIsToldAtOnce) {
  ended_ = {"k/a"};
  const SocketId ant = bench_.connect_v1("ant");
  say_grants(ant, {"k/b", "k/a"});
  EXPECT_EQ(told(), (std::vector<std::string>{"1 k/a"}));
  say_grants(ant, {"k/b"});
  bench_.broker.check_grants();
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(GrantsTest, TheRobotHearsWithTheOfferWhoseItIsAndForHowLong) {
  bench_.connect_v1("ant");
  const signal::Permissions permissions{.watch_only = true, .grant = "k/a", .expires_in = std::chrono::seconds(60)};
  bench_.broker.offer(bench_.now, RequestId(1), named("ant"), offer_body("a"), permissions);
  bench_.broker.page_offer(bench_.now, {.request = RequestId(2),
                                        .robot = named("ant"),
                                        .sdp = signal::testing::make_sdp("b"),
                                        .permissions = permissions});
  const auto actions = bench_.actions();
  ASSERT_THAT(actions, SizeIs(2));
  for (const Action& action : actions) EXPECT_EQ(sent<signal::OfferMessage>(action).permissions, permissions);
}

}  // namespace
}  // namespace rtcbot::broker
