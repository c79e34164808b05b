#include <gtest/gtest.h>

#include "cluster_bench.hpp"

namespace rtcbot::cluster {
namespace {

using namespace testing;

TEST(Presence, ASilentServersRobotsAreOfflineAfterTheLeaseAndBackWhenItIsHeard) {
  ClusterBench bench(2);
  bench.dial(0, "rover");
  bench.run(1s);
  bench.servers[0].is_cut_off = true;  // without knowing it
  bench.run(3'900ms);
  EXPECT_TRUE(bench.is_online(1, "rover"));
  bench.run(1'200ms);
  EXPECT_FALSE(bench.is_online(1, "rover"));
  bench.servers[0].is_cut_off = false;
  bench.run(1'100ms);
  EXPECT_TRUE(bench.is_online(1, "rover"));
}

TEST(Presence, AServerThatIsCutOffTakesNobodyForGone) {
  ClusterBench bench(2);
  bench.dial(0, "rover");
  bench.run(1s);
  bench.cut_off(1);
  bench.run(60s);
  EXPECT_TRUE(bench.is_online(1, "rover"));
  bench.join(1);
  bench.run(2s);
  EXPECT_TRUE(bench.is_online(1, "rover"));
}

TEST(Presence, ALastWordEndsAServersRobotsAtOnce) {
  ClusterBench bench(2);
  bench.dial(0, "rover");
  bench.run(1s);
  bench.servers[0].cluster->stop(bench.now);
  bench.servers[0].cluster->farewell();
  bench.servers[0].cluster->handle_timeout(bench.now);
  bench.join(0);  // drains
  bench.run(20ms);
  EXPECT_FALSE(bench.is_online(1, "rover"));
  EXPECT_EQ(bench.servers[1].cluster->stats().servers_gone, 1);
}

TEST(Presence, ARobotThatLeftIsLatelySeen) {
  ClusterBench bench(2);
  const auto rover = bench.dial(0, "rover");
  bench.run(1s);
  bench.leave(0, rover, "rover");
  bench.run(1s);
  const auto robot = bench.servers[1].cluster->other(named("rover"));
  ASSERT_TRUE(robot);
  EXPECT_FALSE(robot->is_online);
  EXPECT_GT(robot->entry.seen_ms, robot->entry.since_ms);
}

TEST(Presence, WhatTheStoreForgotIsForgottenByTheNextSnapshot) {
  ClusterView view({.self = std::string(32, 'a')});
  const Entry entry{.server = std::string(32, 'b'), .online = true};
  view.begin_snapshot();
  EXPECT_TRUE(view.put({}, named("one"), entry, 1));
  EXPECT_TRUE(view.put({}, named("two"), entry, 2));
  EXPECT_FALSE(view.put({}, named("two"), Entry{.server = entry.server}, 1));  // older than what is known
  view.end_snapshot();
  view.begin_snapshot();
  EXPECT_FALSE(view.put({}, named("two"), entry, 1));  // the same, of a new store
  EXPECT_EQ(view.end_snapshot(), std::vector{named("one")});
  EXPECT_TRUE(view.elsewhere(named("two")));
}

TEST(Presence, TheListIsBounded) {
  ClusterView view({.self = std::string(32, 'a'), .max_robots = 2, .max_servers = 1});
  view.put({}, named("one"), {.server = std::string(32, 'b')}, 1);
  view.put({}, named("two"), {.server = std::string(32, 'c')}, 2);
  EXPECT_FALSE(view.put({}, named("three"), {.server = std::string(32, 'b')}, 3));
  EXPECT_EQ(view.ignored(), 1);
  EXPECT_EQ(view.servers(), 1u);
}

TEST(Presence, NonsenseOnTheBusIsCountedAndLoggedSeldom) {
  Cluster cluster({.self = std::string(32, 'a')});
  for (int i = 0; i < 1500; ++i) cluster.question({}, "nonsense", "x");
  EXPECT_EQ(cluster.stats().bad_messages, 1500);
  cluster.handle_timeout(Timestamp(std::chrono::seconds(10)));
  std::vector<std::string> lines;
  while (const auto action = cluster.poll_action()) {
    if (const auto* record = std::get_if<LogRecord>(&*action)) lines.push_back(record->message);
  }
  ASSERT_EQ(lines.size(), 11U);
  EXPECT_NE(lines.back().find(" … and 1490 more like this"), std::string::npos) << lines.back();
}

}  // namespace
}  // namespace rtcbot::cluster
