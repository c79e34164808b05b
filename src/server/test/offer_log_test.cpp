#include "offer_log.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::server {
namespace {

using std::chrono::milliseconds;

constexpr broker::RequestId kFirst(1);
constexpr broker::RequestId kSecond(2);
const Timestamp kNow{std::chrono::seconds(100)};
const signal::RobotName kRover = *signal::RobotName::parse("rover");

TEST(OfferLog, SaysInOneLineWhatBecameOfAnOffer) {
  OfferLog log(1);
  const std::string id = log.begin(kNow, kFirst, kRover, "192.0.2.7:4711", "");
  EXPECT_EQ(id.size(), 16U);
  const auto ended = log.end(kNow + milliseconds(37), kFirst, 200);
  EXPECT_EQ(ended.id, id);
  ASSERT_TRUE(ended.record);
  EXPECT_EQ(ended.record->level, LogLevel::info);
  EXPECT_EQ(ended.record->message, "offer " + id + " from 192.0.2.7:4711 for robot rover: answered after 37 ms");
}

TEST(OfferLog, GivesEachOfferItsOwnId) {
  OfferLog log(1);
  EXPECT_NE(log.begin(kNow, kFirst, kRover, "a", ""), log.begin(kNow, kSecond, kRover, "a", ""));
}

TEST(OfferLog, TakesOverTheIdOfAProxyIfItIsOne) {
  OfferLog log(1);
  EXPECT_EQ(log.begin(kNow, kFirst, kRover, "a", "f00-ba.r_9"), "f00-ba.r_9");
  for (const std::string bad : {"two words", "line\nbreak", "\"quoted\"", std::string(65, 'a').c_str()}) {
    EXPECT_EQ(log.begin(kNow, kSecond, kRover, "a", bad).size(), 16U) << bad;
  }
}

TEST(OfferLog, TimesAnswersAlone) {
  OfferLog log(1);
  log.begin(kNow, kFirst, kRover, "a", "");
  log.begin(kNow, kSecond, {}, "a", "");
  log.end(kNow + milliseconds(20), kFirst, 200);
  const auto refused = log.end(kNow + milliseconds(10'000), kSecond, 504);
  EXPECT_EQ(log.answer_times().count(), 1);
  EXPECT_EQ(refused.record->level, LogLevel::warning);
  EXPECT_NE(refused.record->message.find("for the robot: refused with 504 after 10000 ms"), std::string::npos);
}

TEST(OfferLog, ForgetsWhatHasEnded) {
  OfferLog log(1);
  log.begin(kNow, kFirst, kRover, "a", "");
  EXPECT_FALSE(log.abandon(kNow, kFirst).id.empty());
  EXPECT_TRUE(log.end(kNow, kFirst, 200).id.empty());
  EXPECT_TRUE(log.abandon(kNow, kSecond).id.empty());
  EXPECT_EQ(log.answer_times().count(), 0);
}

TEST(OfferLog, AFloodOfOneAddressIsAFewLinesAndACount) {
  OfferLog log(1);
  int lines = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::string remote = "192.0.2.7:" + std::to_string(1'024 + i);
    log.begin(kNow, kFirst, kRover, remote, "");
    const auto ended = log.end(kNow, kFirst, 404);
    EXPECT_FALSE(ended.id.empty()) << "the answer names it all the same";
    lines += ended.record ? 1 : 0;
  }
  EXPECT_EQ(lines, 100);
  log.begin(kNow, kSecond, kRover, "192.0.2.8:4711", "");
  EXPECT_TRUE(log.end(kNow, kSecond, 200).record) << "of another address";
  EXPECT_FALSE(log.poll_count(kNow));
  const auto count = log.poll_count(kNow + std::chrono::seconds(10));
  ASSERT_TRUE(count);
  EXPECT_NE(count->message.find(" … and 900 more like this"), std::string::npos) << count->message;
  EXPECT_EQ(log.suppressed(), 900);
}

}  // namespace
}  // namespace rtcbot::server
