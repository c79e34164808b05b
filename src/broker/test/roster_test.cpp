#include "rtcbot/broker/roster.hpp"

#include <gmock/gmock.h>

#include "broker_bench.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Of the one socket that each robot has here.
RobotChanged robot(std::string_view name, bool online) {
  return {.socket = SocketId(1), .name = named(name), .is_online = online, .protocol = signal::Protocol::v1};
}

TEST(Roster, TellsForHowLongARobotIsOnlineOrOffline) {
  Roster roster;
  auto rover = robot("rover", true);
  rover.trickle = true;
  rover.viewers = 1;
  roster.changed(Timestamp(1s), rover);
  rover.viewers = 2;
  rover.camera = "running";
  roster.changed(Timestamp(50s), rover);
  const auto online = roster.presence(Timestamp(61s), named("rover"));
  EXPECT_EQ(online, (signal::Presence{.name = "rover",
                                      .online = true,
                                      .for_time = 60s,
                                      .viewers = 2,
                                      .camera = "running",
                                      .protocol = signal::Protocol::v1,
                                      .trickle = true}));
  roster.changed(Timestamp(100s), robot("rover", false));
  const auto offline = roster.presence(Timestamp(107s), named("rover"));
  EXPECT_FALSE(offline.online);
  EXPECT_FALSE(offline.trickle);
  EXPECT_EQ(offline.for_time, 7s);
}

TEST(Roster, IsNotMisledByAnOlderSocketOrOneThatOnlyWantedTheName) {
  Roster roster;
  roster.changed({}, robot("rover", true));
  auto newer = robot("rover", true), old = robot("rover", false);
  newer.socket = SocketId(2);
  roster.changed(Timestamp(5s), newer);
  roster.changed(Timestamp(6s), old);
  roster.changed(Timestamp(6s), robot("stranger", false));
  EXPECT_TRUE(roster.presence(Timestamp(7s), named("rover")).online);
  EXPECT_EQ(roster.presence(Timestamp(7s), named("rover")).for_time, 2s);
  EXPECT_FALSE(roster.knows(named("stranger")));
}

TEST(Roster, KnowsNobodyThatItWasNotTold) {
  const Roster roster;
  EXPECT_TRUE(roster.presence(Timestamp(1s), named("nobody")).forgotten);
  EXPECT_FALSE(roster.knows_a_named_one());
}

TEST(Roster, TellsNamedRobotsFromTheTutorials) {
  Roster roster;
  roster.changed({}, robot("", true));
  EXPECT_FALSE(roster.knows_a_named_one());
  roster.changed({}, robot("rover", true));
  EXPECT_TRUE(roster.knows_a_named_one());
}

TEST(Roster, ForgetsTheLongestGoneFirstAndNobodyWhoIsOnline) {
  Roster roster({.max_offline = 2});
  roster.changed({}, robot("stays", true));
  for (const char* name : {"a", "b", "c"}) roster.changed({}, robot(name, true));
  roster.changed(Timestamp(1s), robot("b", false));
  roster.changed(Timestamp(2s), robot("a", false));
  roster.changed(Timestamp(3s), robot("c", false));
  EXPECT_THAT(roster.take_forgotten(), ElementsAre(named("b")));
  EXPECT_THAT(roster.names(), ElementsAre(named("a"), named("c"), named("stays")));
}

TEST(Roster, ForgetsAfterAWeek) {
  Roster roster;
  roster.changed({}, robot("rover", true));
  roster.changed(Timestamp(1h), robot("rover", false));
  EXPECT_EQ(roster.next_timeout(), Timestamp(1h + 7 * 24h));
  roster.handle_timeout(roster.next_timeout() - Duration(1));
  EXPECT_TRUE(roster.knows(named("rover")));
  roster.handle_timeout(roster.next_timeout());
  EXPECT_FALSE(roster.knows(named("rover")));
  EXPECT_EQ(roster.next_timeout(), kNever);
}

TEST(Roster, KeepsTheNewestPictureOfEachAndDropsTheOldestOfAll) {
  Roster roster({.max_snapshots = 2});
  for (const char* name : {"a", "b", "c"}) roster.changed({}, robot(name, true));
  roster.took(Timestamp(1s), {named("a"), "old"});
  roster.took(Timestamp(2s), {named("b"), "b"});
  roster.took(Timestamp(3s), {named("a"), "new"});
  EXPECT_EQ(*roster.snapshot(named("a")), "new");
  const auto number = roster.presence(Timestamp(3s), named("a")).snapshot;
  roster.took(Timestamp(4s), {named("c"), "c"});
  EXPECT_EQ(roster.snapshot(named("b")), nullptr);
  roster.took(Timestamp(5s), {named("a"), "newer"});
  EXPECT_GT(roster.presence(Timestamp(5s), named("a")).snapshot, number);
}

TEST(Roster, ShowsNoPictureOfYesterdayAndNoneOfAStranger) {
  Roster roster;
  roster.took(Timestamp(1s), {named("stranger"), "x"});
  EXPECT_EQ(roster.snapshot(named("stranger")), nullptr);
  roster.changed({}, robot("rover", true));
  roster.took(Timestamp(1s), {named("rover"), "x"});
  roster.handle_timeout(Timestamp(1s + 24h));
  EXPECT_EQ(roster.snapshot(named("rover")), nullptr);
  EXPECT_TRUE(roster.knows(named("rover")));
}

TEST(Roster, RemembersSoManyNamesOfOneAddressAndAllOfRobotsThatAreKnown) {
  Roster roster({.max_offline_per_address = 2});
  const auto leave = [&](std::string_view name, const std::string& address, int at) {
    auto change = robot(name, true);
    change.address = address;
    roster.changed(Timestamp(std::chrono::seconds(at)), change);
    change.is_online = false;
    roster.changed(Timestamp(std::chrono::seconds(at)), change);
  };
  for (int i = 0; i < 50; ++i) leave("invented" + std::to_string(i), "192.0.2.1", i);
  for (int i = 0; i < 3; ++i) leave("known" + std::to_string(i), "", 100 + i);
  leave("neighbour", "192.0.2.2", 200);
  EXPECT_THAT(roster.names(), ElementsAre(named("invented48"), named("invented49"), named("known0"), named("known1"),
                                          named("known2"), named("neighbour")));
  EXPECT_EQ(roster.take_forgotten().size(), 48u);
  leave("invented48", "192.0.2.1", 300);
  leave("invented50", "192.0.2.1", 301);
  EXPECT_FALSE(roster.knows(named("invented49")));
}

}  // namespace
}  // namespace rtcbot::broker
