#include "rtcbot/congestion/repair.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

TEST(Repair, SendsNothingInAdvanceOnACleanPath) {
  EXPECT_EQ(protection_for(0, milliseconds(400)).delta_frames, 0);
  EXPECT_EQ(protection_for(0.004, milliseconds(400)).key_frames, 0);
}

TEST(Repair, LeavesANearPathToRetransmission) {
  EXPECT_EQ(protection_for(0.05, milliseconds(40)).delta_frames, 0);
  EXPECT_EQ(protection_for(0.05, milliseconds(70)).key_frames, 0);
}

TEST(Repair, ProtectsAFarPathByWhatItLoses) {
  const Protection little = protection_for(0.01, milliseconds(300));
  const Protection much = protection_for(0.05, milliseconds(300));
  EXPECT_NEAR(little.delta_frames, 0.05, 0.001);
  EXPECT_NEAR(much.delta_frames, 0.17, 0.001);
  EXPECT_GT(much.key_frames, much.delta_frames);
}

TEST(Repair, GrowsWithTheDistanceWithoutAStep) {
  double last = 0;
  for (int ms = 70; ms <= 200; ++ms) {
    const double now = protection_for(0.03, milliseconds(ms)).delta_frames;
    EXPECT_GE(now, last) << ms;
    EXPECT_LE(now - last, 0.005) << ms;
    last = now;
  }
  EXPECT_EQ(last, protection_for(0.03, milliseconds(5'000)).delta_frames);
}

TEST(Repair, NeverTakesMoreThanHalf) {
  EXPECT_EQ(protection_for(0.6, milliseconds(300)).delta_frames, 0.5);
  EXPECT_EQ(protection_for(1.0, milliseconds(300)).key_frames, 0.5);
}

}  // namespace
}  // namespace rtcbot::congestion
