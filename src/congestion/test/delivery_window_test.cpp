#include "rtcbot/congestion/delivery_window.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp at(std::int64_t ms) { return Timestamp(milliseconds(ms)); }

/// 1000 bytes every `gap` ms: 8000/gap kbit/s.
void receive(DeliveryWindow& window, std::int64_t from, std::int64_t to, std::int64_t gap) {
  for (std::int64_t ms = from; ms < to; ms += gap) window.add(at(ms), DataSize::bytes(1'000));
}

TEST(DeliveryWindow, IsZeroBeforeAnythingArrived) { EXPECT_EQ(DeliveryWindow({}).rate(), DataRate()); }

TEST(DeliveryWindow, TellsTheRateOfASteadyArrival) {
  DeliveryWindow window({.window = milliseconds(200)});
  receive(window, 0, 1'000, 4);
  EXPECT_EQ(window.rate(), DataRate::kilobits_per_second(2'000));
}

TEST(DeliveryWindow, SaysWhetherItIsOldEnoughToTell) {
  DeliveryWindow window({.window = milliseconds(200)});
  EXPECT_FALSE(window.is_full());
  receive(window, 0, 100, 4);
  EXPECT_FALSE(window.is_full());
  receive(window, 100, 204, 4);
  EXPECT_TRUE(window.is_full());
  window.reset();
  EXPECT_FALSE(window.is_full());
}

TEST(DeliveryWindow, ForgetsTheOldRateWithinItsLength) {
  DeliveryWindow window({.window = milliseconds(200)});
  receive(window, 0, 1'000, 1);
  receive(window, 1'000, 1'201, 10);
  EXPECT_EQ(window.rate(), DataRate::kilobits_per_second(800));
}

TEST(DeliveryWindow, CutsALongSilenceOut) {
  DeliveryWindow window({.window = milliseconds(200), .longest_gap = milliseconds(500)});
  receive(window, 0, 1'000, 4);
  const DataRate before = window.rate();
  window.add(at(4'000), DataSize::bytes(1'000));
  EXPECT_GT(window.rate(), before * 0.8) << "an outage is no slow link";
  receive(window, 4'004, 5'000, 4);
  EXPECT_EQ(window.rate(), DataRate::kilobits_per_second(2'000));
}

TEST(DeliveryWindow, CountsAShortSilence) {
  DeliveryWindow window({.window = milliseconds(200), .longest_gap = milliseconds(500)});
  receive(window, 0, 1'000, 4);
  window.add(at(1'190), DataSize::bytes(1'000));
  EXPECT_LT(window.rate(), DataRate::kilobits_per_second(200));
}

TEST(DeliveryWindow, TakesPacketsThatOvertook) {
  DeliveryWindow window({.window = milliseconds(200)});
  window.add(at(100), DataSize::bytes(1'000));
  window.add(at(90), DataSize::bytes(1'000));
  EXPECT_EQ(window.rate(), DataRate::kilobits_per_second(80));
}

}  // namespace
}  // namespace rtcbot::congestion
