#include "rtcbot/congestion/estimate_cache.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::seconds;

constexpr Timestamp at(int s) { return Timestamp(seconds(1'000 + s)); }
constexpr DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }

TEST(EstimateCache, BeginsAsConfiguredWhenItKnowsNothing) {
  EXPECT_EQ(EstimateCache().start(at(0), kbps(1500)), kbps(1500));
}

TEST(EstimateCache, BeginsALittleBelowWhatWasFoundLast) {
  EstimateCache memory;
  const auto driver = memory.enter();
  memory.remember(at(0), driver, kbps(2000));
  memory.remember(at(1), driver, kbps(4000));
  EXPECT_EQ(memory.start(at(100), kbps(1500)), kbps(3000));
  memory.remember(at(101), driver, kbps(400));
  EXPECT_EQ(memory.start(at(102), kbps(1500)), kbps(300)) << "also when that is less";
}

TEST(EstimateCache, ForgetsAfterTwoMinutes) {
  EstimateCache memory;
  memory.remember(at(0), memory.enter(), kbps(4000));
  EXPECT_EQ(memory.start(at(120), kbps(1500)), kbps(3000));
  EXPECT_EQ(memory.start(at(121), kbps(1500)), kbps(1500));
}

TEST(EstimateCache, APoorSpectatorWhoLeavesDoesNotSlowTheDriverDown) {
  EstimateCache memory;
  const auto driver = memory.enter(), spectator = memory.enter();
  memory.remember(at(0), driver, kbps(4000));
  memory.remember(at(2), spectator, kbps(150));
  EXPECT_EQ(memory.start(at(3), kbps(1500)), kbps(3000));
}

TEST(EstimateCache, WhoIsThereNoLongerSaysNothingOfWhatIsNow) {
  EstimateCache memory;
  const auto earlier = memory.enter(), later = memory.enter();
  memory.remember(at(0), earlier, kbps(4000));
  memory.remember(at(11), later, kbps(400));
  EXPECT_EQ(memory.start(at(12), kbps(1500)), kbps(300)) << "the radio is worse than it was";
}

TEST(EstimateCache, AfterAChangeOfTheWayItIsCareful) {
  EstimateCache memory;
  memory.set_egress(at(0), "wlan0");
  memory.remember(at(0), memory.enter(), kbps(8000));
  memory.set_egress(at(1), "wwan0");
  EXPECT_EQ(memory.start(at(1), kbps(1500)), kbps(1500)) << "not more than configured, of a way that nobody knows";
  memory.remember(at(2), memory.enter(), kbps(800));
  EXPECT_EQ(memory.start(at(3), kbps(1500)), kbps(600)) << "now it is known";
}

TEST(EstimateCache, AfterAChangeFromAPoorWayItBeginsLow) {
  EstimateCache memory;
  memory.set_egress(at(0), "wwan0");
  memory.remember(at(0), memory.enter(), kbps(800));
  memory.set_egress(at(1), "wlan0");
  EXPECT_EQ(memory.start(at(4), kbps(1500)), kbps(400));
}

TEST(EstimateCache, TakesNoEstimateOfTheOldWayForOneOfTheNew) {
  EstimateCache memory;
  memory.set_egress(at(0), "wlan0");
  const auto driver = memory.enter();
  memory.remember(at(0), driver, kbps(8000));
  memory.set_egress(at(1), "wwan0");
  memory.remember(at(2), driver, kbps(8000));
  EXPECT_EQ(memory.start(at(3), kbps(1500)), kbps(1500)) << "it has not noticed yet";
  memory.remember(at(11), driver, kbps(2000));
  EXPECT_EQ(memory.start(at(12), kbps(900)), kbps(1500)) << "it has moved, and goes on";
}

TEST(EstimateCache, KnowsAWayThatComesBack) {
  EstimateCache memory;
  memory.set_egress(at(0), "wwan0");
  memory.remember(at(0), memory.enter(), kbps(4000));
  memory.set_egress(at(20), "wlan0");
  memory.remember(at(30), memory.enter(), kbps(20'000));
  memory.set_egress(at(35), "wwan0");
  EXPECT_EQ(memory.start(at(40), kbps(1500)), kbps(3000));
}

TEST(EstimateCache, KeepsItsBoundAndTheNewest) {
  EstimateCache memory;
  for (int i = 0; i < 1000; ++i) memory.remember(at(i / 100), memory.enter(), kbps(i));
  EXPECT_EQ(memory.start(at(10), kbps(1500)), kbps(999) * 0.75);
}

}  // namespace
}  // namespace rtcbot::congestion
