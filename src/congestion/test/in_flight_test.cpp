#include "rtcbot/congestion/in_flight.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp at(std::int64_t ms) { return Timestamp(milliseconds(1'000'000 + ms)); }
constexpr DataSize bytes(std::int64_t n) { return DataSize::bytes(n); }

TEST(InFlight, CountsAFrameOnceWhetherItWaitsOrTravels) {
  InFlight on_the_way;
  on_the_way.on_frame(at(0), bytes(2'000));
  EXPECT_EQ(on_the_way.size(at(0)), bytes(2'000));
  on_the_way.on_sent(1, bytes(1'100));
  EXPECT_EQ(on_the_way.size(at(1)), bytes(2'000)) << "1100 travel and 900 wait";
  on_the_way.on_sent(2, bytes(1'020));
  EXPECT_EQ(on_the_way.size(at(2)), bytes(2'120)) << "with their headers";
}

TEST(InFlight, ForgetsWhatWasReportedOn) {
  InFlight on_the_way;
  for (int i = 1; i <= 4; ++i) on_the_way.on_sent(i, bytes(1'000));
  on_the_way.on_reported(3);
  EXPECT_EQ(on_the_way.size(at(0)), bytes(1'000));
  on_the_way.on_reported(3);
  EXPECT_EQ(on_the_way.size(at(0)), bytes(1'000));
  on_the_way.on_reported(4);
  EXPECT_FALSE(on_the_way.has_packets());
  EXPECT_EQ(on_the_way.size(at(0)), bytes(0));
}

TEST(InFlight, TakesAFrameThatNeverLeftAsDropped) {
  InFlight on_the_way;
  on_the_way.on_frame(at(0), bytes(5'000));
  EXPECT_EQ(on_the_way.size(at(200)), bytes(5'000));
  EXPECT_EQ(on_the_way.size(at(201)), bytes(0));
}

TEST(InFlight, DoesNotGrowWithoutBoundWhenNobodyReports) {
  InFlight on_the_way;
  for (int i = 0; i < 100'000; ++i) on_the_way.on_sent(i, bytes(1'000));
  EXPECT_EQ(on_the_way.size(at(0)), bytes(20'000'000));
}

TEST(InFlight, IsEmptyOnceCleared) {
  InFlight on_the_way;
  on_the_way.on_frame(at(0), bytes(5'000));
  on_the_way.on_sent(1, bytes(1'000));
  on_the_way.clear();
  EXPECT_EQ(on_the_way.size(at(0)), bytes(0));
  EXPECT_FALSE(on_the_way.has_packets());
}

}  // namespace
}  // namespace rtcbot::congestion
