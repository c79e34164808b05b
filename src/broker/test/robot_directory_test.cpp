#include "rtcbot/broker/robot_directory.hpp"

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

TEST(RobotDirectory, TellsForHowLongARobotIsOnlineOrOffline) {
  RobotDirectory directory;
  auto rover = robot("rover", true);
  rover.trickle = true;
  rover.viewers = 1;
  directory.changed(Timestamp(1s), rover);
  rover.viewers = 2;
  rover.camera = "running";
  directory.changed(Timestamp(50s), rover);
  const auto online = directory.presence(Timestamp(61s), named("rover"));
  EXPECT_EQ(online, (signal::Presence{.name = "rover",
                                      .online = true,
                                      .for_time = 60s,
                                      .viewers = 2,
                                      .camera = "running",
                                      .protocol = signal::Protocol::v1,
                                      .trickle = true}));
  directory.changed(Timestamp(100s), robot("rover", false));
  const auto offline = directory.presence(Timestamp(107s), named("rover"));
  EXPECT_FALSE(offline.online);
  EXPECT_FALSE(offline.trickle);
  EXPECT_EQ(offline.for_time, 7s);
}

TEST(RobotDirectory, IsNotMisledByAnOlderSocketOrOneThatOnlyWantedTheName) {
  RobotDirectory directory;
  directory.changed({}, robot("rover", true));
  auto newer = robot("rover", true), old = robot("rover", false);
  newer.socket = SocketId(2);
  directory.changed(Timestamp(5s), newer);
  directory.changed(Timestamp(6s), old);
  directory.changed(Timestamp(6s), robot("stranger", false));
  EXPECT_TRUE(directory.presence(Timestamp(7s), named("rover")).online);
  EXPECT_EQ(directory.presence(Timestamp(7s), named("rover")).for_time, 2s);
  EXPECT_FALSE(directory.knows(named("stranger")));
}

TEST(RobotDirectory, KnowsNobodyThatItWasNotTold) {
  const RobotDirectory directory;
  EXPECT_TRUE(directory.presence(Timestamp(1s), named("nobody")).forgotten);
  EXPECT_FALSE(directory.knows_a_named_one());
}

TEST(RobotDirectory, TellsNamedRobotsFromTheTutorials) {
  RobotDirectory directory;
  directory.changed({}, robot("", true));
  EXPECT_FALSE(directory.knows_a_named_one());
  directory.changed({}, robot("rover", true));
  EXPECT_TRUE(directory.knows_a_named_one());
}

TEST(RobotDirectory, ForgetsTheLongestGoneFirstAndNobodyWhoIsOnline) {
  RobotDirectory directory({.max_offline = 2});
  directory.changed({}, robot("stays", true));
  for (const char* name : {"a", "b", "c"}) directory.changed({}, robot(name, true));
  directory.changed(Timestamp(1s), robot("b", false));
  directory.changed(Timestamp(2s), robot("a", false));
  directory.changed(Timestamp(3s), robot("c", false));
  EXPECT_THAT(directory.take_forgotten(), ElementsAre(named("b")));
  EXPECT_THAT(directory.names(), ElementsAre(named("a"), named("c"), named("stays")));
}

TEST(RobotDirectory, ForgetsAfterAWeek) {
  RobotDirectory directory;
  directory.changed({}, robot("rover", true));
  directory.changed(Timestamp(1h), robot("rover", false));
  EXPECT_EQ(directory.next_timeout(), Timestamp(1h + 7 * 24h));
  directory.handle_timeout(directory.next_timeout() - Duration(1));
  EXPECT_TRUE(directory.knows(named("rover")));
  directory.handle_timeout(directory.next_timeout());
  EXPECT_FALSE(directory.knows(named("rover")));
  EXPECT_EQ(directory.next_timeout(), kNever);
}

TEST(RobotDirectory, KeepsTheNewestPictureOfEachAndDropsTheOldestOfAll) {
  RobotDirectory directory({.max_snapshots = 2});
  for (const char* name : {"a", "b", "c"}) directory.changed({}, robot(name, true));
  directory.took(Timestamp(1s), {named("a"), "old"});
  directory.took(Timestamp(2s), {named("b"), "b"});
  directory.took(Timestamp(3s), {named("a"), "new"});
  EXPECT_EQ(*directory.snapshot(named("a")), "new");
  const auto number = directory.presence(Timestamp(3s), named("a")).snapshot;
  directory.took(Timestamp(4s), {named("c"), "c"});
  EXPECT_EQ(directory.snapshot(named("b")), nullptr);
  directory.took(Timestamp(5s), {named("a"), "newer"});
  EXPECT_GT(directory.presence(Timestamp(5s), named("a")).snapshot, number);
}

TEST(RobotDirectory, ShowsNoPictureOfYesterdayAndNoneOfAStranger) {
  RobotDirectory directory;
  directory.took(Timestamp(1s), {named("stranger"), "x"});
  EXPECT_EQ(directory.snapshot(named("stranger")), nullptr);
  directory.changed({}, robot("rover", true));
  directory.took(Timestamp(1s), {named("rover"), "x"});
  directory.handle_timeout(Timestamp(1s + 24h));
  EXPECT_EQ(directory.snapshot(named("rover")), nullptr);
  EXPECT_TRUE(directory.knows(named("rover")));
}

TEST(RobotDirectory, RemembersSoManyNamesOfOneAddressAndAllOfRobotsThatAreKnown) {
  RobotDirectory directory({.max_offline_per_address = 2});
  const auto leave = [&](std::string_view name, const std::string& address, int at) {
    auto change = robot(name, true);
    change.address = address;
    directory.changed(Timestamp(std::chrono::seconds(at)), change);
    change.is_online = false;
    directory.changed(Timestamp(std::chrono::seconds(at)), change);
  };
  for (int i = 0; i < 50; ++i) leave("invented" + std::to_string(i), "192.0.2.1", i);
  for (int i = 0; i < 3; ++i) leave("known" + std::to_string(i), "", 100 + i);
  leave("neighbour", "192.0.2.2", 200);
  EXPECT_THAT(directory.names(), ElementsAre(named("invented48"), named("invented49"), named("known0"), named("known1"),
                                             named("known2"), named("neighbour")));
  EXPECT_EQ(directory.take_forgotten().size(), 48u);
  leave("invented48", "192.0.2.1", 300);
  leave("invented50", "192.0.2.1", 301);
  EXPECT_FALSE(directory.knows(named("invented49")));
}

}  // namespace
}  // namespace rtcbot::broker
