#include "rtcbot/base/token_bucket.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(100)};

int taken(TokenBucket& bucket, Timestamp now, int wanted) {
  int count = 0;
  for (int i = 0; i < wanted; ++i) count += bucket.take(now) ? 1 : 0;
  return count;
}

TEST(TokenBucket, AllowsABurstAndThenTheRate) {
  TokenBucket bucket({.per_second = 5, .burst = 20});
  EXPECT_EQ(taken(bucket, kStart, 100), 20);
  EXPECT_EQ(taken(bucket, kStart + milliseconds(199), 100), 0);
  EXPECT_EQ(taken(bucket, kStart + milliseconds(200), 100), 1);
  EXPECT_EQ(taken(bucket, kStart + seconds(2), 100), 9);
}

TEST(TokenBucket, HoldsNoMoreThanTheBurst) {
  TokenBucket bucket({.per_second = 5, .burst = 3});
  EXPECT_EQ(taken(bucket, kStart, 100), 3);
  EXPECT_EQ(taken(bucket, kStart + std::chrono::hours(24 * 365), 100), 3);
}

TEST(TokenBucket, SaysHowLongToWait) {
  TokenBucket bucket({.per_second = 4, .burst = 1});
  EXPECT_EQ(bucket.wait(), Duration::zero());
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_EQ(bucket.wait(), milliseconds(250));
  EXPECT_FALSE(bucket.take(kStart + milliseconds(249)));
  EXPECT_TRUE(bucket.take(kStart + milliseconds(250)));
}

TEST(TokenBucket, GivesNothingForAClockThatGoesBack) {
  TokenBucket bucket({.per_second = 1, .burst = 2});
  EXPECT_EQ(taken(bucket, kStart, 100), 2);
  EXPECT_EQ(taken(bucket, kStart - seconds(50), 100), 0);
  EXPECT_EQ(taken(bucket, kStart, 100), 0);
  EXPECT_EQ(taken(bucket, kStart + seconds(1), 100), 1);
}

TEST(TokenBucket, IsFullAgainAfterAPause) {
  TokenBucket bucket({.per_second = 1, .burst = 2});
  EXPECT_TRUE(bucket.is_full(kStart));
  EXPECT_TRUE(bucket.take(kStart));
  EXPECT_FALSE(bucket.is_full(kStart + milliseconds(999)));
  EXPECT_TRUE(bucket.is_full(kStart + seconds(1)));
}

}  // namespace
}  // namespace rtcbot
