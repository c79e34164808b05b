#include "rtcbot/congestion/cached_estimate.hpp"

#include <gtest/gtest.h>

namespace rtcbot::congestion {
namespace {

using namespace std::chrono_literals;

constexpr DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }
const Egress kModem{"wwan0", "192.0.2.7"};
CachedEstimate kept(std::int64_t rate, std::chrono::milliseconds age = 1min) { return {kbps(rate), age, kModem}; }

TEST(CachedEstimate, BeginsWithHalfOfMuchThatWasFound) {
  EXPECT_EQ(start_from(kept(8000), kModem, kbps(1500)), kbps(4000));
}

TEST(CachedEstimate, BeginsBelowALittleThatWasFound) {
  EXPECT_EQ(start_from(kept(400), kModem, kbps(1500)), kbps(300));
}

TEST(CachedEstimate, LeavesTheConfiguredStartWhereItFits) {
  EXPECT_EQ(start_from(kept(2000), kModem, kbps(1500)), kbps(1500));
}

TEST(CachedEstimate, IsWorthNothingAfterTenMinutesOrFromAClockThatWasSetBack) {
  EXPECT_EQ(start_from(kept(8000, 10min - 1ms), kModem, kbps(1500)), kbps(4000));
  EXPECT_EQ(start_from(kept(8000, 10min), kModem, kbps(1500)), kbps(1500));
  EXPECT_EQ(start_from(kept(8000, -1ms), kModem, kbps(1500)), kbps(1500));
}

TEST(CachedEstimate, IsTakenWithMoreCareByTheSameInterfaceFromAnotherAddress) {
  const Egress attached_anew{"wwan0", "198.51.100.7"};
  EXPECT_EQ(start_from(kept(8000), attached_anew, kbps(1500)), kbps(2000));
  EXPECT_EQ(start_from(kept(400), attached_anew, kbps(1500)), kbps(200));
  EXPECT_EQ(start_from(kept(4000), attached_anew, kbps(1500)), kbps(1500));
}

TEST(CachedEstimate, IsOfOneInterfaceAlone) {
  EXPECT_EQ(start_from(kept(8000), {"wlan0", "198.51.100.7"}, kbps(1500)), kbps(1500));
  EXPECT_EQ(start_from(kept(8000), {"wlan0", "192.0.2.7"}, kbps(1500)), kbps(1500)) << "the same private address";
  EXPECT_EQ(start_from(kept(8000), {"", "198.51.100.7"}, kbps(1500)), kbps(1500)) << "an interface that is not known";
}

TEST(CachedEstimate, IsWorthNothingWithoutAWay) {
  EXPECT_EQ(start_from(kept(8000), {}, kbps(1500)), kbps(1500));
  EXPECT_EQ(start_from({kbps(8000), 1min, {}}, {}, kbps(1500)), kbps(1500));
}

TEST(CachedEstimate, OfAFileThatKnowsTheAddressAloneIsOfThatAddress) {
  const CachedEstimate old{kbps(8000), 1min, {"", "192.0.2.7"}};
  EXPECT_EQ(start_from(old, kModem, kbps(1500)), kbps(4000));
  EXPECT_EQ(start_from(old, {"wwan0", "198.51.100.7"}, kbps(1500)), kbps(1500));
}

}  // namespace
}  // namespace rtcbot::congestion
