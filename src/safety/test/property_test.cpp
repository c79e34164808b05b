#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "rtcbot/safety/safety.hpp"

namespace rtcbot::safety {
namespace {

using std::chrono::milliseconds;

/// Watches from outside, knowing what `Safety` cannot: when each command was really made.
struct Witness {
  std::optional<Timestamp> last_true;  ///< When the driver's last command arrived that was new and truly fresh enough.
  bool neutral_since_gap = false;
};

/// Viewers that come, go, ask, stop, release and drive, over paths that delay, repeat and reorder, with clocks that
/// jump and hands that lie about the picture; whatever happens, the output moves only as promised.
void run(std::uint32_t seed, int& moved) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); };
  const Config config;
  Safety safety(config);
  Timestamp now{std::chrono::hours(1)};
  struct Page {
    double offset = 0;
    std::uint64_t number = 0;
    double heard_ms = 0;   ///< Of the robot.
    Timestamp heard_at{};  ///< Really.
    bool may_drive = true;
    std::uint64_t arrived = 0;
  };
  struct OnTheWay {
    Command command;
    ViewerId from;
    Timestamp made;
  };
  std::map<ViewerId, Page> pages;
  std::multimap<Timestamp, OnTheWay> path;
  Witness witness;
  bool stopped = false;
  std::uint64_t next_id = 1;

  const auto check = [&] {
    safety.handle_timeout(now);
    const Output& output = safety.output();
    if (output.why != StopReason::none) {
      for (const double axis : output.controls.axis) ASSERT_EQ(axis, 0);
      ASSERT_EQ(output.controls.buttons, 0U);
      return;
    }
    ++moved;
    ASSERT_TRUE(safety.driver().has_value());
    ASSERT_FALSE(stopped);
    ASSERT_TRUE(witness.last_true.has_value());
    ASSERT_LT(now - *witness.last_true, Duration(config.dead_man));
    ASSERT_TRUE(witness.neutral_since_gap);
    for (const double axis : output.controls.axis) ASSERT_LE(std::abs(axis), 1);
  };

  for (int step = 0; step < 3'000; ++step) {
    const auto driver = safety.driver();
    now += milliseconds(below(10) == 0 ? below(400) : below(15));
    // A gap that nobody was called in counts as well.
    if (witness.last_true && now - *witness.last_true >= Duration(config.dead_man)) witness = {};
    while (!path.empty() && path.begin()->first <= now) {
      const OnTheWay arrived = path.begin()->second;
      path.erase(path.begin());
      const auto page = pages.find(arrived.from);
      safety.command(now, arrived.from, arrived.command);
      if (page == pages.end() || safety.driver() != arrived.from) continue;
      // As fresh as it may seem at most: its true age, less what the clocks may be wrong by.
      const auto slack = milliseconds(config.stale_command.count() / 2 + 2);
      const bool may_be_fresh = now - arrived.made <= config.stale_command + slack;
      if (!may_be_fresh || arrived.command.number <= page->second.arrived) continue;
      page->second.arrived = arrived.command.number;
      witness.last_true = now;
      if (arrived.command.controls.is_neutral()) witness.neutral_since_gap = true;
    }
    check();
    if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step;
    if (pages.empty() || below(200) == 0) {
      const ViewerId id(next_id++);
      pages[id] = {.offset = static_cast<double>(below(1'000'000)),
                   .heard_ms = milliseconds_of(now),
                   .heard_at = now,
                   .may_drive = below(4) != 0};
      safety.join(now, id, pages[id].may_drive);
    }
    auto which = pages.begin();
    std::advance(which, below(static_cast<int>(pages.size())));
    auto& [id, page] = *which;
    switch (below(40)) {
      case 0:
        stopped = true;
        safety.stop(now, id);
        break;
      case 1:
      case 2:
        if (safety.release_stop(now, id) == Outcome::done) stopped = false;
        break;
      case 3: page.offset += below(2) == 0 ? 10'000 : -250; break;  // its clock jumps
      case 4: (void)safety.release_lease(now, id); break;
      case 5: (void)safety.hand_over(now, id); break;
      case 6:
      case 7:
      case 8: (void)safety.request(now, id); break;
      case 9:
        if (below(2) == 0) {
          safety.set_local_stop(now, below(2) == 0);
        } else {
          safety.set_actuators_work(now, below(3) != 0);
        }
        break;
      case 10:
        safety.leave(now, id);
        pages.erase(which);
        break;
      default: {
        if (below(3) != 0) {  // a status has arrived, some time after it was written
          page.heard_at = now;
          page.heard_ms = milliseconds_of(now) - below(below(10) == 0 ? 500 : 60);
        }
        Command command;
        command.number = ++page.number;
        command.page_ms = milliseconds_of(now) + page.offset;
        command.held_ms = milliseconds_of(now) - milliseconds_of(page.heard_at);
        command.heard_ms = page.heard_ms;
        if (below(20) != 0) command.picture_age_ms = below(below(10) == 0 ? 1'500 : 200);
        if (below(3) != 0) command.controls.axis[1] = below(3) - 1;
        const auto delay = milliseconds(below(below(10) == 0 ? 2'000 : 60));
        path.emplace(now + delay, OnTheWay{command, id, now});
        if (below(10) == 0) path.emplace(now + milliseconds(below(3'000)), OnTheWay{command, id, now});
      }
    }
    if (safety.driver() != driver) witness = {};
    check();
    if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step;
  }
}

TEST(SafetyProperty, WithoutAFreshCommandInTimeItStands) {
  int moved = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    run(seed, moved);
    if (::testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(moved, 10'000) << "or it has shown nothing";
}

}  // namespace
}  // namespace rtcbot::safety
