#include "rtcbot/base/units.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

using namespace std::chrono_literals;

TEST(DataRate, TimesATimeIsASize) {
  EXPECT_EQ(DataRate::kilobits_per_second(1500) * 1s, DataSize::bytes(187'500));
  EXPECT_EQ(DataRate::bits_per_second(8'000) * 500us, DataSize::bytes(0));
  EXPECT_EQ(DataRate::bits_per_second(8'000'000) * 1500us, DataSize::bytes(1'500));
}

TEST(DataRate, DoesNotOverflowOverADayAtAHundredGigabits) {
  EXPECT_EQ(DataRate::kilobits_per_second(100'000'000) * 24h, DataSize::bytes(1'080'000'000'000'000));
}

TEST(DataSize, OverATimeIsARate) {
  EXPECT_EQ(DataSize::bytes(187'500) / Duration(1s), DataRate::kilobits_per_second(1500));
}

TEST(DataSize, OverARateIsATime) {
  EXPECT_EQ(DataSize::bytes(1'250) / DataRate::kilobits_per_second(1000), Duration(10ms));
}

}  // namespace
}  // namespace rtcbot
