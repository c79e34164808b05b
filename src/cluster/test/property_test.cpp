#include <gtest/gtest.h>

#include <set>

#include "cluster_bench.hpp"

namespace rtcbot::cluster {
namespace {

using namespace testing;

/// Random things happen to three servers; then all heals, and what must hold is looked at.
class Chaos {
 public:
  explicit Chaos(std::uint64_t seed) : dice_(seed) {}

  void run() {
    for (int i = 0; i < 300; ++i) {
      happen(dice_() % 13);
      bench_.run(Duration(static_cast<std::int64_t>(dice_() % 400'000)));
      answer_visits();
    }
    heal();
  }

  /// Every browser at a server that lives got exactly one answer, and never another's.
  void check_answers() {
    std::map<std::uint64_t, int> count;
    for (const auto& server : bench_.servers) {
      for (const auto& respond : server.responses) {
        ++count[respond.request.value()];
        if (respond.status != 200) continue;
        EXPECT_EQ(respond.body, answer_body(std::to_string(respond.request.value())));
        ++answered;
      }
    }
    for (const auto& [request, at] : asked_) EXPECT_EQ(count[request], 1) << request;
  }

  /// At most one robot has a name, and the store names its server.
  void check_names() {
    for (const auto& name : kNames) {
      // Of the sockets at one server the broker keeps the newest; of two servers we keep one.
      std::map<std::size_t, std::uint64_t> newest;
      for (const auto& [socket, robot] : robots_) {
        const auto& decided = bench_.servers[robot.server].decided;
        const auto found = decided.find(socket);
        if (robot.name != name || found == decided.end() || found->second != NameDecision::granted) continue;
        newest[robot.server] = std::max(newest[robot.server], socket);
      }
      std::set<std::size_t> distinct;
      for (const auto& [at, socket] : newest) {
        if (!bench_.servers[at].lost.contains(socket)) distinct.insert(at);
      }
      EXPECT_LE(distinct.size(), 1u) << name;
      for (const auto at : distinct) EXPECT_EQ(bench_.holder(name), bench_.servers[at].id) << name;
    }
  }

  int answered = 0;

 private:
  struct Robot {
    std::string name;
    std::size_t server;
  };
  static inline const std::vector<std::string> kNames{"rover", "digger", ""};

  std::string any_name() { return kNames[dice_() % kNames.size()]; }
  std::size_t any_server() { return dice_() % bench_.servers.size(); }

  void happen(std::uint64_t what) {
    const auto i = any_server();
    auto& server = bench_.servers[i];
    if (what < 3) {
      const auto name = any_name();
      robots_[bench_.dial(i, name, dice_() % 4 == 0 ? "bob" : "alice").value()] = {name, i};
    } else if (what < 4 && !robots_.empty()) {
      const auto robot = std::next(robots_.begin(), static_cast<std::ptrdiff_t>(dice_() % robots_.size()));
      bench_.leave(robot->second.server, SocketId(robot->first), robot->second.name);
      // The broker has closed its older sockets here, when this one was granted the name.
      const auto socket = robot->first;
      const auto gone = robot->second;
      const auto decided = bench_.servers[gone.server].decided.find(socket);
      const bool was_granted =
          decided != bench_.servers[gone.server].decided.end() && decided->second == NameDecision::granted;
      std::erase_if(robots_, [&](const auto& other) {
        return other.first == socket || (was_granted && other.first < socket && other.second.server == gone.server &&
                                         other.second.name == gone.name);
      });
    } else if (what < 9) {
      const auto request = bench_.last_id + 1;
      asked_[request] = i;
      bench_.forwarded(i, any_name(), std::to_string(request));
    } else if (what == 9) {
      server.is_cut_off ? bench_.join(i) : bench_.cut_off(i);
    } else if (what == 10) {
      bench_.set_store(!bench_.store_works);
    } else if (what == 11) {
      bench_.jitter = Duration(static_cast<std::int64_t>(dice_() % 100'000));
    } else {
      bench_.delay = Duration(1'000 + static_cast<std::int64_t>(dice_() % 50'000));
    }
  }

  void answer_visits() {
    for (std::size_t i = 0; i < bench_.servers.size(); ++i) {
      auto inbound_offers = std::move(bench_.servers[i].inbound_offers);
      bench_.servers[i].inbound_offers.clear();
      for (const auto& offer_id : inbound_offers) {
        const auto offer = signal::parse_offer(offer_id.body).value();
        const auto mark = offer.sdp.find("s=") + 2;
        const auto text = offer.sdp.substr(mark, offer.sdp.find('\r', mark) - mark);
        if (dice_() % 8 != 0) bench_.answer(i, offer_id, text);  // some are never answered
      }
    }
  }

  void heal() {
    for (std::size_t i = 0; i < bench_.servers.size(); ++i) {
      if (bench_.servers[i].is_cut_off) bench_.join(i);
    }
    if (!bench_.store_works) bench_.set_store(true);
    bench_.run(20s);
  }

  std::mt19937_64 dice_;
  ClusterBench bench_{3};
  std::map<std::uint64_t, Robot> robots_;
  std::map<std::uint64_t, std::size_t> asked_;
};

TEST(ClusterProperty, WhateverHappensAnswersAreRightAndANameIsOneRobots) {
  int answered = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Chaos chaos(seed);
    chaos.run();
    chaos.check_answers();
    chaos.check_names();
    answered += chaos.answered;
    if (HasFailure()) return;
  }
  EXPECT_GT(answered, 500);  // it was not all refusals
}

}  // namespace
}  // namespace rtcbot::cluster
