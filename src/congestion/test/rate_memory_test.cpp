#include "rtcbot/congestion/rate_memory.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::seconds;

constexpr Timestamp at(int s) { return Timestamp(seconds(1'000 + s)); }
constexpr DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }

TEST(RateMemory, BeginsAsConfiguredWhenItKnowsNothing) { EXPECT_EQ(RateMemory().start(at(0), kbps(1500)), kbps(1500)); }

TEST(RateMemory, BeginsALittleBelowWhatWasFoundLast) {
  RateMemory memory;
  memory.remember(at(0), kbps(2000));
  memory.remember(at(1), kbps(4000));
  EXPECT_EQ(memory.start(at(100), kbps(1500)), kbps(3000));
  memory.remember(at(101), kbps(400));
  EXPECT_EQ(memory.start(at(102), kbps(1500)), kbps(300)) << "also when that is less";
}

TEST(RateMemory, ForgetsAfterTwoMinutes) {
  RateMemory memory;
  memory.remember(at(0), kbps(4000));
  EXPECT_EQ(memory.start(at(121), kbps(1500)), kbps(1500));
}

}  // namespace
}  // namespace rtcbot::congestion
