#include "admission.hpp"

#include <gtest/gtest.h>

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;

TEST(RateLimiter, AllowsABurstAndThenTheRate) {
  RateLimiter limiter({.per_second = 2, .burst = 3});
  Timestamp now{};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.check(now, "a"));
  EXPECT_EQ(limiter.check(now, "a"), 1s);
  now += 500ms;
  EXPECT_FALSE(limiter.check(now, "a"));
  EXPECT_TRUE(limiter.check(now, "a"));
}

TEST(RateLimiter, OneAddressDoesNotSpendAnothersShare) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  EXPECT_FALSE(limiter.check(Timestamp{}, "a"));
  EXPECT_FALSE(limiter.check(Timestamp{}, "b"));
  EXPECT_TRUE(limiter.check(Timestamp{}, "a"));
}

TEST(RateLimiter, ForgetsTheLongestSilentAddressWhenItIsFull) {
  RateLimiter limiter({.per_second = 0.01, .burst = 1, .max_addresses = 2});
  EXPECT_FALSE(limiter.check(Timestamp{1s}, "a"));
  EXPECT_FALSE(limiter.check(Timestamp{2s}, "b"));
  EXPECT_FALSE(limiter.check(Timestamp{3s}, "c"));
  EXPECT_TRUE(limiter.check(Timestamp{4s}, "b"));
  EXPECT_FALSE(limiter.check(Timestamp{5s}, "a"));
}

}  // namespace
}  // namespace rtcbot::server
