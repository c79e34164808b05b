#include "rtcbot/safety/page_clock.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace rtcbot::safety {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A status that takes `there` ms to the page, is held `held`, and the command `back` ms to the robot.
PageClock::Exchange exchange(Timestamp now, double offset, double there, double held, double back) {
  const double now_ms = milliseconds_of(now);
  return {.page_ms = now_ms - back + offset, .heard_ms = now_ms - back - held - there, .held_ms = held};
}

TEST(PageClock, KnowsNothingAtFirst) {
  EXPECT_FALSE(PageClock().age_ms(Timestamp(), 0));
  EXPECT_FALSE(PageClock().uncertainty_ms(Timestamp()));
}

TEST(PageClock, AgesAreWithinTheStatedError) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> way(5, 400), held(0, 100);
  for (int run = 0; run < 200; ++run) {
    PageClock clock;
    Timestamp now{std::chrono::hours(1)};
    const double offset = way(random) * 1e4;
    for (int i = 0; i < 50; ++i) {
      now += milliseconds(20);
      const double there = way(random), back = way(random);
      const auto message = exchange(now, offset, there, held(random), back);
      ASSERT_TRUE(clock.on_exchange(now, message));
      const double error = *clock.uncertainty_ms(now);
      ASSERT_NEAR(*clock.age_ms(now, message.page_ms), back, error);
    }
    EXPECT_EQ(clock.steps(), 0);
  }
}

TEST(PageClock, TheShortestWayKnowsBest) {
  PageClock clock;
  Timestamp now{seconds(100)};
  (void)clock.on_exchange(now, exchange(now, 1e6, 10, 0, 10));
  // The uplink fills: the next status needs 800 ms, and still the age of what it brings is known.
  now += seconds(1);
  const auto late = exchange(now, 1e6, 800, 0, 15);
  (void)clock.on_exchange(now, late);
  EXPECT_NEAR(*clock.age_ms(now, late.page_ms), 15, 0.5);
}

TEST(PageClock, DriftIsFollowed) {
  PageClock clock;
  Timestamp now{seconds(100)};
  double offset = 0;
  for (int i = 0; i < 50 * 600; ++i) {  // ten minutes
    now += milliseconds(20);
    offset += 20 * 100e-6;
    const auto message = exchange(now, offset, 20, 10, 20);
    ASSERT_TRUE(clock.on_exchange(now, message));
    ASSERT_NEAR(*clock.age_ms(now, message.page_ms), 20, 25);
  }
  EXPECT_EQ(clock.steps(), 0);
}

TEST(PageClock, AStepIsNoticedAndLearnt) {
  PageClock clock;
  Timestamp now{seconds(100)};
  (void)clock.on_exchange(now, exchange(now, 0, 20, 0, 20));
  for (const double offset : {-5'000.0, 100'000.0, 99'900.0}) {
    const auto steps = clock.steps();
    now += milliseconds(20);
    const auto message = exchange(now, offset, 20, 0, 20);
    EXPECT_TRUE(clock.on_exchange(now, message));
    EXPECT_EQ(clock.steps(), steps + 1);
    EXPECT_NEAR(*clock.age_ms(now, message.page_ms), 20, 1);
  }
}

TEST(PageClock, WhatCannotBeTrueIsRefused) {
  PageClock clock;
  const Timestamp now{seconds(100)};
  const double ms = milliseconds_of(now);
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(clock.on_exchange(now, {.page_ms = 0, .heard_ms = ms + 50, .held_ms = 0})) << "not written yet";
  EXPECT_FALSE(clock.on_exchange(now, {.page_ms = 0, .heard_ms = ms - 50, .held_ms = 80})) << "held too long";
  EXPECT_FALSE(clock.on_exchange(now, {.page_ms = 0, .heard_ms = ms - 70'000, .held_ms = 0})) << "too old";
  EXPECT_FALSE(clock.on_exchange(now, {.page_ms = 0, .heard_ms = std::nan(""), .held_ms = 0}));
  EXPECT_FALSE(clock.on_exchange(now, {.page_ms = 0, .heard_ms = -infinity, .held_ms = infinity}));
  EXPECT_FALSE(clock.age_ms(now, 0));
}

}  // namespace
}  // namespace rtcbot::safety
