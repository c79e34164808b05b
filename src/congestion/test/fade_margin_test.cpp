#include "rtcbot/congestion/fade_margin.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }
constexpr double kFrames = 30;

/// A report each 50 ms.
void report(FadeMargin& margin, Duration length, DataRate delivered, bool busy) {
  for (Duration passed{}; passed < length; passed += milliseconds(50)) {
    margin.on_report(milliseconds(50), delivered, busy);
  }
}

/// A radio that is good for a while and falls to 700 kbit/s for a third of a second.
FadeMargin after_a_fade() {
  FadeMargin margin;
  report(margin, seconds(5), kbps(5000), false);
  report(margin, milliseconds(300), kbps(700), true);
  return margin;
}

TEST(FadeMargin, HoldsNothingBackWhereNothingFades) {
  FadeMargin margin;
  EXPECT_GE(margin.limit(kFrames), kbps(50'000));
  report(margin, seconds(10), kbps(5000), true);
  EXPECT_GE(margin.limit(kFrames), kbps(8000));
}

TEST(FadeMargin, AfterAFadeAFrameWouldPassTheNextOneIn70Milliseconds) {
  const FadeMargin margin = after_a_fade();
  const DataSize frame = margin.limit(kFrames) * Duration(33'333);
  EXPECT_LE(frame / kbps(700), milliseconds(71));
  EXPECT_GE(frame / kbps(700), milliseconds(65));
}

TEST(FadeMargin, IsTheSameForFewerAndLargerFrames) {
  FadeMargin margin = after_a_fade();
  EXPECT_LT(margin.limit(15), margin.limit(30));
  EXPECT_GE(margin.limit(1), kbps(900)) << "smaller frames would not be faster";
}

TEST(FadeMargin, ForgetsAFadeWithinHalfAMinute) {
  FadeMargin margin = after_a_fade();
  report(margin, seconds(5), kbps(3000), false);
  EXPECT_LT(margin.limit(kFrames), kbps(3000));
  report(margin, seconds(15), kbps(3000), false);
  EXPECT_GT(margin.limit(kFrames), kbps(8000));
}

TEST(FadeMargin, RemembersTheDeepestOfSeveral) {
  FadeMargin margin = after_a_fade();
  const DataRate before = margin.limit(kFrames);
  report(margin, milliseconds(300), kbps(1500), true);
  EXPECT_LT(margin.limit(kFrames), before * 1.1);
}

TEST(FadeMargin, LetsALinkThatWasSlowForLongRiseAtOnce) {
  FadeMargin margin;
  report(margin, seconds(20), kbps(1000), true);
  report(margin, seconds(1), kbps(1500), false);
  EXPECT_GE(margin.limit(kFrames), kbps(4000));
}

TEST(FadeMargin, FollowsASlowLinkUpwardsWhileItIsBusy) {
  FadeMargin margin;
  report(margin, seconds(20), kbps(1000), true);
  report(margin, seconds(1), kbps(1250), true);
  report(margin, seconds(1), kbps(1600), true);
  EXPECT_GE(margin.limit(kFrames), kbps(3300));
}

}  // namespace
}  // namespace rtcbot::congestion
