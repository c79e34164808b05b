#include "rate_correction.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace rtcbot::media {
namespace {

constexpr DataSize kBudget = DataSize::bytes(2'000);

/// Frames of an encoder that makes `share` of its rate, times the factor.
void feed(RateCorrection& correction, double share, int frames) {
  for (int i = 0; i < frames; ++i) {
    const double bytes = static_cast<double>(kBudget.bytes()) * share * correction.factor();
    correction.on_frame(DataSize::bytes(static_cast<std::int64_t>(bytes)), kBudget, false);
  }
}

TEST(RateCorrection, MakesATimidEncoderSpendItsRateWithinSeconds) {
  RateCorrection correction({.initial = 1.0});
  feed(correction, 0.8, 240);
  EXPECT_NEAR(0.8 * correction.factor(), 1.0, 0.02);
}

TEST(RateCorrection, HoldsBackAnEncoderThatSpendsTooMuch) {
  RateCorrection correction({.initial = 1.25});
  feed(correction, 0.9, 240);
  EXPECT_NEAR(0.9 * correction.factor(), 1.0, 0.02);
}

TEST(RateCorrection, StaysWithinItsRangeForAPictureThatNeedsNoBits) {
  RateCorrection correction({.initial = 1.1, .most = 1.3});
  feed(correction, 0.05, 1'000);
  EXPECT_DOUBLE_EQ(correction.factor(), 1.3);
  feed(correction, 1.0, 120);
  EXPECT_LT(correction.factor(), 1.05);
}

TEST(RateCorrection, FollowsTheMeanAndNotSingleFrames) {
  RateCorrection correction({.initial = 1.0});
  double lowest = 1;
  double highest = 1;
  for (int i = 0; i < 300; ++i) {
    correction.on_frame(DataSize::bytes(i % 3 == 0 ? 3'800 : 1'100), kBudget, false);
    lowest = std::min(lowest, correction.factor());
    highest = std::max(highest, correction.factor());
  }
  EXPECT_GT(lowest, 0.97);
  EXPECT_LT(highest, 1.03);
}

TEST(RateCorrection, DoesNotLetTheNextFramesPayForAKeyFrame) {
  RateCorrection correction({.initial = 1.0});
  correction.on_frame(DataSize::bytes(9'000), kBudget, true);
  EXPECT_DOUBLE_EQ(correction.factor(), 1.0);
}

TEST(RateCorrection, LearnsNothingWithoutABudget) {
  RateCorrection correction({.initial = 1.2});
  correction.on_frame(DataSize::bytes(9'000), DataSize(), false);
  EXPECT_DOUBLE_EQ(correction.factor(), 1.2);
}

}  // namespace
}  // namespace rtcbot::media
