// Whose name it is, where robots show credentials.
#include <gtest/gtest.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::Protocol;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Owner, ReplacesItsOwnStaleSocketAtOnce) {
  BrokerBench bench;
  const auto old = bench.connect_legacy("rover", "anna");
  const auto fresh = bench.connect_legacy("rover", "anna");
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(old, signal::kCloseReplaced)));
  bench.ask("one", "rover");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(fresh, "one")));
}

TEST(Owner, KeepsTheNameWhileAnotherAsksForIt) {
  BrokerBench bench;
  const auto mine = bench.connect_legacy("rover", "anna");
  for (const auto* other : {"bert", "", "anna2"}) {
    const auto theirs = bench.connect_legacy("rover", other);
    EXPECT_THAT(bench.actions(), ElementsAre(Closes(theirs, signal::kCloseNameTaken))) << other;
  }
  EXPECT_EQ(bench.broker.stats().refused(Refusal::name_taken), 3);
  bench.ask("one", "rover");
  EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyOffer(mine, "one")));
}

TEST(Owner, KeepsTheNameThatAnotherSaysInItsHello) {
  BrokerBench bench;
  bench.connect_legacy("rover", "anna");
  const auto theirs = bench.connect("", Protocol::v1, "bert");
  EXPECT_THAT(bench.actions(), IsEmpty());
  bench.say(theirs, write_message(signal::Hello{.name = "rover"}));
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(theirs, signal::kCloseNameTaken)));
}

TEST(Owner, HasOnlyTheNamesThatItsCredentialAllows) {
  BrokerBench bench;
  const auto connect = [&](std::uint64_t socket, Protocol protocol, std::string_view path) {
    RobotCredential rovers_only{"anna", [](const signal::RobotName& name) { return name.text().starts_with("rover"); }};
    bench.broker.robot_connected(bench.now, {.id = SocketId(socket),
                                             .name = named(path),
                                             .protocol = protocol,
                                             .remote = "192.0.2.7:1",
                                             .credential = rovers_only});
  };
  connect(1, Protocol::legacy, "");
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(SocketId(1), signal::kCloseForbidden)));
  connect(2, Protocol::v1, "");
  bench.say(SocketId(2), write_message(signal::Hello{.name = "digger"}));
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(SocketId(2), signal::kCloseForbidden)));
  connect(3, Protocol::v1, "");
  bench.say(SocketId(3), write_message(signal::Hello{.name = "rover1"}));
  EXPECT_TRUE(bench.broker.is_online(named("rover1")));
  EXPECT_EQ(bench.broker.stats().refused(Refusal::forbidden), 2);
}

TEST(Owner, GivesTheNameBackByLeaving) {
  BrokerBench bench;
  const auto mine = bench.connect_legacy("rover", "anna");
  EXPECT_TRUE(bench.broker.is_taken(named("rover"), "bert"));
  EXPECT_FALSE(bench.broker.is_taken(named("rover"), "anna"));
  EXPECT_FALSE(bench.broker.is_taken(named("digger"), "bert"));
  bench.broker.robot_disconnected(bench.now, mine);
  EXPECT_FALSE(bench.broker.is_taken(named("rover"), "bert"));
  bench.connect_legacy("rover", "bert");
  EXPECT_THAT(bench.actions(), IsEmpty());
}

TEST(Address, HasSoManyNamesOnlineAndItsNeighboursAreNotTouched) {
  BrokerBench bench({.max_robots_per_address = 2});
  std::uint64_t last = 0;
  const auto connect = [&](const std::string& name, const std::string& address) {
    const SocketId socket(++last);
    bench.broker.robot_connected(
        bench.now, {.id = socket, .name = named(name), .remote = address + ":1", .credential = {.address = address}});
    return socket;
  };
  const auto first = connect("a", "192.0.2.1");
  connect("b", "192.0.2.1");
  EXPECT_THAT(bench.actions(), IsEmpty());
  const auto third = connect("c", "192.0.2.1");
  EXPECT_THAT(bench.actions(), ElementsAre(Closes(third, 1013)));
  EXPECT_FALSE(bench.broker.is_online(named("c")));
  connect("c", "192.0.2.2");
  connect("d", "");  // Known by a credential.
  connect("a", "192.0.2.1");
  bench.advance(5s);
  EXPECT_THAT(bench.actions(), ElementsAre(Action(CheckAlive{first}), Closes(first, signal::kCloseReplaced)));
  bench.broker.robot_disconnected(bench.now, SocketId(2));
  connect("e", "192.0.2.1");
  EXPECT_THAT(bench.actions(), IsEmpty());
  EXPECT_TRUE(bench.broker.is_online(named("e")));
  EXPECT_EQ(bench.broker.stats().robots_turned_away, 1);
}

}  // namespace
}  // namespace rtcbot::broker
