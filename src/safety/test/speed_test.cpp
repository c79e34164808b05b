#include "rtcbot/safety/speed.hpp"

#include <gtest/gtest.h>

namespace rtcbot::safety {
namespace {

using std::chrono::milliseconds;

TEST(SpeedByLatency, FallsWithLatencyAndNotBelowItsLeast) {
  const auto share = [](double latency) { return SpeedByLatency({}).update(Timestamp(), latency); };
  EXPECT_EQ(share(0), 1);
  EXPECT_EQ(share(300), 1);
  EXPECT_NEAR(share(600), 0.6, 1e-9);
  EXPECT_NEAR(share(900), 0.2, 1e-9);
  EXPECT_NEAR(share(1e9), 0.2, 1e-9);
  EXPECT_NEAR(share(0.0 / 0.0), 0.2, 1e-9) << "what is not a number is not quick";
}

TEST(SpeedByLatency, FallsAtOnceAndRisesSlowly) {
  SpeedByLatency speed({});
  Timestamp now{milliseconds(1'000)};
  EXPECT_EQ(speed.update(now, 100), 1);
  EXPECT_NEAR(speed.update(now += milliseconds(20), 900), 0.2, 1e-9);
  EXPECT_NEAR(speed.update(now += milliseconds(1'000), 100), 0.7, 1e-9);
  EXPECT_EQ(speed.update(now += milliseconds(1'000), 100), 1);
}

}  // namespace
}  // namespace rtcbot::safety
