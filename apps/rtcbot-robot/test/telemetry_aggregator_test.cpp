#include "rtcbot-robot/telemetry_aggregator.hpp"

#include <gmock/gmock.h>

#include <string>

namespace rtcbot::app {
namespace {

using std::chrono::seconds;

constexpr TelemetryAggregator::TimePoint kStart{seconds(100)};

TEST(TelemetryAggregator, MakesOneOfWhatSeveralProgramsTell) {
  TelemetryAggregator told(1000);
  told.tell(kStart, {{"battery", 12}, {"speed", 1}});
  EXPECT_EQ(told.tell(kStart + seconds(1), {{"speed", 2}}), (Json{{"battery", 12}, {"speed", 2}}));
  EXPECT_EQ(told.tell(kStart + seconds(1), 5), (Json{{"battery", 12}, {"speed", 2}, {"value", 5}}));
}

TEST(TelemetryAggregator, LeavesOutWhatIsToldNoMoreAndTakesItUpAgain) {
  TelemetryAggregator told(1000);
  told.tell(kStart, {{"battery", 12}, {"speed", 1}});
  EXPECT_EQ(told.tell(kStart + seconds(3), {{"speed", 2}}), (Json{{"battery", 12}, {"speed", 2}}));
  EXPECT_EQ(told.tell(kStart + seconds(4), {{"speed", 3}}), (Json{{"speed", 3}}));
  EXPECT_EQ(told.tell(kStart + seconds(5), {{"battery", 11}}), (Json{{"battery", 11}, {"speed", 3}}));
}

TEST(TelemetryAggregator, IsBoundedByWhatWasToldLast) {
  TelemetryAggregator told(100);
  told.tell(kStart, {{"note", std::string(60, 'x')}});
  EXPECT_EQ(told.tell(kStart, {{"more", std::string(60, 'y')}}), (Json{{"more", std::string(60, 'y')}}));
  EXPECT_EQ(told.tell(kStart, {{"speed", 1}}), (Json{{"more", std::string(60, 'y')}, {"speed", 1}}));
  told.clear();
  EXPECT_EQ(told.tell(kStart, {{"speed", 1}}), (Json{{"speed", 1}}));
}

}  // namespace
}  // namespace rtcbot::app
