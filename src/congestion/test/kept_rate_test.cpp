#include "rtcbot/congestion/kept_rate.hpp"

#include <gtest/gtest.h>

namespace rtcbot::congestion {
namespace {

using namespace std::chrono_literals;

constexpr DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }
KeptRate kept(std::int64_t rate, std::chrono::milliseconds age = 1min) { return {kbps(rate), age, "192.0.2.7"}; }

TEST(KeptRate, BeginsWithHalfOfMuchThatWasFound) {
  EXPECT_EQ(start_from(kept(8000), "192.0.2.7", kbps(1500)), kbps(4000));
}

TEST(KeptRate, BeginsBelowALittleThatWasFound) { EXPECT_EQ(start_from(kept(400), "192.0.2.7", kbps(1500)), kbps(300)); }

TEST(KeptRate, LeavesTheConfiguredStartWhereItFits) {
  EXPECT_EQ(start_from(kept(2000), "192.0.2.7", kbps(1500)), kbps(1500));
}

TEST(KeptRate, IsWorthNothingAfterTenMinutesOrFromAClockThatWasSetBack) {
  EXPECT_EQ(start_from(kept(8000, 10min - 1ms), "192.0.2.7", kbps(1500)), kbps(4000));
  EXPECT_EQ(start_from(kept(8000, 10min), "192.0.2.7", kbps(1500)), kbps(1500));
  EXPECT_EQ(start_from(kept(8000, -1ms), "192.0.2.7", kbps(1500)), kbps(1500));
}

TEST(KeptRate, IsOfOneWayOutAlone) {
  EXPECT_EQ(start_from(kept(8000), "198.51.100.7", kbps(1500)), kbps(1500));
  EXPECT_EQ(start_from({kbps(8000), 1min, ""}, "", kbps(1500)), kbps(1500));
}

}  // namespace
}  // namespace rtcbot::congestion
