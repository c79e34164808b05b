#include "rtcbot/congestion/base_delay.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp at(std::int64_t s) { return Timestamp(seconds(s)); }

TEST(BaseDelay, MeasuresFromTheLeastSeen) {
  BaseDelay base(seconds(10));
  EXPECT_EQ(base.queueing(at(0), milliseconds(500)), milliseconds(0));
  EXPECT_EQ(base.queueing(at(1), milliseconds(530)), milliseconds(30));
  EXPECT_EQ(base.queueing(at(2), milliseconds(480)), milliseconds(0));
  EXPECT_EQ(base.queueing(at(3), milliseconds(500)), milliseconds(20));
}

TEST(BaseDelay, WorksWithClocksThatAreYearsApart) {
  BaseDelay base(seconds(10));
  EXPECT_EQ(base.queueing(at(0), seconds(-1'000'000'000)), milliseconds(0));
  EXPECT_EQ(base.queueing(at(1), seconds(-1'000'000'000) + milliseconds(7)), milliseconds(7));
}

TEST(BaseDelay, AcceptsALongerPathAfterTwoSpans) {
  BaseDelay base(seconds(10));
  EXPECT_EQ(base.queueing(at(0), milliseconds(100)), milliseconds(0));
  for (int s = 1; s < 20; ++s) EXPECT_EQ(base.queueing(at(s), milliseconds(150)), milliseconds(50)) << s;
  EXPECT_EQ(base.queueing(at(20), milliseconds(150)), milliseconds(0));
}

TEST(BaseDelay, ForgetsEverythingAtAReset) {
  BaseDelay base(seconds(10));
  EXPECT_EQ(base.queueing(at(0), milliseconds(100)), milliseconds(0));
  base.reset();
  EXPECT_EQ(base.queueing(at(1), milliseconds(900)), milliseconds(0));
}

}  // namespace
}  // namespace rtcbot::congestion
