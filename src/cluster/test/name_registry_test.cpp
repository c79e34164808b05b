#include <gtest/gtest.h>

#include <map>

#include "cluster_bench.hpp"

namespace rtcbot::cluster {
namespace {

using namespace testing;

TEST(NameRegistry, ANameIsGrantedWhenItStandsInTheStore) {
  ClusterBench bench(2);
  const auto rover = bench.dial(0, "rover");
  EXPECT_TRUE(bench.servers[0].decided.empty());
  bench.run(100ms);
  EXPECT_EQ(bench.decision(0, rover), NameDecision::granted);
  EXPECT_EQ(bench.holder("rover"), bench.servers[0].id);
  EXPECT_TRUE(bench.is_online(1, "rover"));
}

TEST(NameRegistry, TheNewestSocketOfAnOwnerWinsWhereverItIs) {
  ClusterBench bench(2);
  const auto old = bench.dial(0, "rover", "alice");
  bench.run(100ms);
  const auto young = bench.dial(1, "rover", "alice");
  bench.run(100ms);
  EXPECT_EQ(bench.decision(1, young), NameDecision::granted);
  EXPECT_TRUE(bench.servers[0].lost.at(old.value()));
  EXPECT_EQ(bench.holder("rover"), bench.servers[1].id);
  bench.leave(0, old, "rover");
  bench.run(2s);
  EXPECT_EQ(bench.holder("rover"), bench.servers[1].id);
}

TEST(NameRegistry, NewsThatAreFasterThanTheResultOfAWriteAreNotMissed) {
  ClusterBench bench(2);
  auto& first = bench.servers[0];
  first.cluster->claim(bench.now, SocketId(1), named("rover"), "alice", signal::Protocol::v1);
  const auto write = std::get<StoreWrite>(first.cluster->poll_action().value());
  // Another has written over it at once, which is heard before the result.
  const Entry elsewhere{.server = bench.servers[1].id, .owner = "alice", .since_ms = 5, .online = true};
  first.cluster->entry(bench.now, write.key, write_entry(elsewhere), 8);
  first.cluster->written(bench.now, write.op, {StoreResult::Status::done, 7, {}});
  bench.drain(0);
  EXPECT_TRUE(first.lost.at(1));
}

TEST(NameRegistry, SocketsThatOvertakeEachOtherLeaveOne) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    ClusterBench bench(3);
    bench.jitter = Duration(static_cast<std::int64_t>(seed) * 500);
    std::vector<SocketId> sockets;
    for (std::size_t i = 0; i < 9; ++i) {
      sockets.push_back(bench.dial(i % 3, "rover", "alice"));
      bench.run(Duration(static_cast<std::int64_t>(seed % 7) * 2'000));
    }
    bench.run(3s);
    std::map<std::size_t, std::uint64_t> open;  // by server
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      const auto& server = bench.servers[i % 3];
      const auto socket = sockets.at(i).value();
      const bool is_lost = server.lost.contains(socket);
      ASSERT_TRUE(is_lost || server.decided.contains(socket)) << "nobody was told";
      // Of the sockets at one server the broker keeps the one that was granted the name last.
      if (!is_lost) open[i % 3] = socket;
      if (is_lost && open.contains(i % 3) && server.decided.contains(socket)) open.erase(i % 3);
    }
    ASSERT_EQ(open.size(), 1u);
    EXPECT_EQ(bench.holder("rover"), bench.servers[open.begin()->first].id);
  }
}

TEST(NameRegistry, AnotherOwnerIsRefusedWhileTheRobotIsOnline) {
  ClusterBench bench(2);
  const auto alice = bench.dial(0, "rover", "alice");
  bench.run(100ms);
  const auto here = bench.dial(0, "rover", "bob"), there = bench.dial(1, "rover", "bob");
  bench.run(100ms);
  EXPECT_EQ(bench.decision(0, here), NameDecision::taken);
  EXPECT_EQ(bench.decision(1, there), NameDecision::taken);
  EXPECT_TRUE(bench.servers[1].cluster->is_taken(named("rover"), "bob"));
  bench.leave(0, alice, "rover");
  bench.run(100ms);
  EXPECT_FALSE(bench.servers[1].cluster->is_taken(named("rover"), "bob"));
  const auto later = bench.dial(1, "rover", "bob");
  bench.run(100ms);
  EXPECT_EQ(bench.decision(1, later), NameDecision::granted);
}

TEST(NameRegistry, OfTwoOwnersAtOnceExactlyOneGetsTheName) {
  ClusterBench bench(2);
  const auto alice = bench.dial(0, "rover", "alice"), bob = bench.dial(1, "rover", "bob");
  bench.run(200ms);
  EXPECT_NE(bench.decision(0, alice), bench.decision(1, bob));
  EXPECT_GE(
      bench.servers[0].cluster->registry().stats().conflicts + bench.servers[1].cluster->registry().stats().conflicts,
      1);
}

TEST(NameRegistry, TheNameOfAKilledServersRobotIsFreeWhenTheLeaseIsOver) {
  ClusterBench bench(2);
  bench.dial(0, "rover", "alice");
  bench.run(100ms);
  bench.kill(0);
  const auto early = bench.dial(1, "rover", "bob");
  bench.run(5s);
  EXPECT_EQ(bench.decision(1, early), NameDecision::taken);
  EXPECT_FALSE(bench.is_online(1, "rover"));
  const auto late = bench.dial(1, "rover", "bob");
  bench.run(100ms);
  EXPECT_EQ(bench.decision(1, late), NameDecision::granted);
}

TEST(NameRegistry, WithoutAStoreNamesAreGrantedAtOnceAndWrittenLater) {
  ClusterBench bench(2);
  bench.set_store(false);
  const auto rover = bench.dial(0, "rover");
  EXPECT_EQ(bench.decision(0, rover), NameDecision::granted);
  bench.run(1s);
  EXPECT_EQ(bench.holder("rover"), "");
  EXPECT_EQ(bench.servers[0].cluster->registry().unwritten(), 1u);
  bench.set_store(true);
  bench.run(100ms);
  EXPECT_EQ(bench.holder("rover"), bench.servers[0].id);
  EXPECT_EQ(bench.servers[0].cluster->registry().unwritten(), 0u);
}

TEST(NameRegistry, AfterASplitTheLaterSocketKeepsTheName) {
  ClusterBench bench(2);
  bench.cut_off(0);
  bench.cut_off(1);
  const auto older = bench.dial(1, "rover", "alice");
  bench.run(1s);
  const auto newer = bench.dial(0, "rover", "alice");
  bench.run(1s);
  bench.join(1);
  bench.run(100ms);
  bench.join(0);
  bench.run(100ms);
  EXPECT_TRUE(bench.servers[1].lost.at(older.value()));
  EXPECT_FALSE(bench.servers[0].lost.contains(newer.value()));
  EXPECT_EQ(bench.holder("rover"), bench.servers[0].id);
}

TEST(NameRegistry, ARobotThatMovedDuringASplitIsNotTakenBackByItsStaleSocket) {
  ClusterBench bench(2);
  const auto stale = bench.dial(0, "rover", "alice");
  bench.run(100ms);
  bench.cut_off(0);
  bench.run(100ms);
  bench.dial(1, "rover", "alice");
  bench.run(100ms);
  bench.join(0);
  bench.run(100ms);
  EXPECT_TRUE(bench.servers[0].lost.at(stale.value()));
  EXPECT_EQ(bench.holder("rover"), bench.servers[1].id);
}

TEST(NameRegistry, AWriteWhoseAnswerIsLostIsFoundOutLater) {
  ClusterBench bench(2);
  const auto rover = bench.dial(0, "rover");
  bench.run(7ms);  // it is written, and the answer is under way
  bench.cut_off(0);
  bench.run(100ms);
  EXPECT_EQ(bench.decision(0, rover), NameDecision::granted);
  bench.join(0);
  bench.run(3s);
  EXPECT_FALSE(bench.servers[0].lost.contains(rover.value()));
  EXPECT_EQ(bench.holder("rover"), bench.servers[0].id);
  EXPECT_TRUE(bench.is_online(1, "rover"));
}

TEST(NameRegistry, WhatARobotSaysOfItselfIsWrittenOnceASecond) {
  ClusterBench bench(2);
  const auto rover = bench.dial(0, "rover");
  bench.run(100ms);
  const auto before = bench.writes;
  for (int i = 1; i <= 50; ++i) {
    bench.servers[0].cluster->changed(bench.now,
                                      {.socket = rover, .name = named("rover"), .is_online = true, .viewers = i});
    bench.run(100ms);
  }
  bench.run(2s);
  EXPECT_LE(bench.writes - before, 7);
  EXPECT_EQ(bench.servers[1].cluster->other(named("rover"))->entry.viewers, 50);
}

TEST(NameRegistry, ManyRobotsAtOnceAreWrittenAFewAtATime) {
  ClusterBench bench(1);
  for (int i = 0; i < 1'000; ++i) bench.dial(0, std::string("robot").append(std::to_string(i)));
  bench.run(1s);
  EXPECT_EQ(bench.store.size(), 1'000u);
  EXPECT_EQ(bench.servers[0].decided.size(), 1'000u);
}

}  // namespace
}  // namespace rtcbot::cluster
