#include "rtcbot/base/backoff.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

using std::chrono::milliseconds;

TEST(Backoff, WithoutJitterDoublesUpToTheLongestWait) {
  Backoff backoff({.first = milliseconds(100), .longest = milliseconds(500), .jitter = Backoff::Jitter::none});
  EXPECT_EQ(backoff.next(), milliseconds(100));
  EXPECT_EQ(backoff.next(), milliseconds(200));
  EXPECT_EQ(backoff.next(), milliseconds(400));
  EXPECT_EQ(backoff.next(), milliseconds(500));
  EXPECT_EQ(backoff.next(), milliseconds(500));
}

TEST(Backoff, StartsAgainAfterSuccess) {
  Backoff backoff({.first = milliseconds(100), .jitter = Backoff::Jitter::none});
  for (int i = 0; i < 10; ++i) (void)backoff.next();
  backoff.reset();
  EXPECT_EQ(backoff.next(), milliseconds(100));
}

TEST(Backoff, WithJitterStaysWithinItsLimits) {
  Backoff backoff({.first = milliseconds(100), .longest = milliseconds(400), .shortest = milliseconds(25)}, 7);
  Duration limit = milliseconds(100);
  for (int i = 0; i < 100; ++i) {
    const auto wait = backoff.next();
    EXPECT_GE(wait, milliseconds(25));
    EXPECT_LE(wait, limit);
    limit = std::min<Duration>(2 * limit, milliseconds(400));
  }
}

TEST(Backoff, OfTwoSeedsDiffer) {
  Backoff one({}, 1), other({}, 2);
  EXPECT_NE(one.next(), other.next());
}

}  // namespace
}  // namespace rtcbot
