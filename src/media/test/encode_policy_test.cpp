#include "encode_policy.hpp"

#include <gmock/gmock.h>

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
constexpr Timestamp kNow{std::chrono::seconds(100)};

TapView with_room() { return {.has_room = true, .last_room_at = kNow}; }
TapView full_since(milliseconds age) { return {.has_room = false, .last_room_at = kNow - age}; }

TapView of_rank(bool drives, int came_at) {
  TapView tap = with_room();
  tap.priority = {.drives = drives, .since = Timestamp(std::chrono::seconds(came_at))};
  return tap;
}

TEST(Primary, IsTheOneWhoCameFirst) {
  const std::vector<TapView> taps = {with_room(), with_room()};
  EXPECT_EQ(choose_primary(taps, kNow), 0U) << "of equals the tap that was there first";
  EXPECT_EQ(choose_primary({}, kNow), std::nullopt);
  EXPECT_EQ(highest_priority({}), std::nullopt);
}

TEST(Primary, IsTheOldestConnectionAlsoWhenItsTapIsTheYoungest) {
  const std::vector<TapView> taps = {of_rank(false, 5), of_rank(false, 7), of_rank(false, 1)};
  EXPECT_EQ(choose_primary(taps, kNow), 2U);
}

TEST(Primary, IsTheDriverWhoCameSecond) {
  std::vector<TapView> taps = {of_rank(false, 1), of_rank(true, 2), of_rank(false, 3)};
  EXPECT_EQ(choose_primary(taps, kNow), 1U);
  EXPECT_EQ(highest_priority(taps), 1U);
  std::swap(taps[1].priority.drives, taps[2].priority.drives);
  EXPECT_EQ(choose_primary(taps, kNow), 2U) << "the seat has moved";
  taps[2].priority.drives = false;
  EXPECT_EQ(choose_primary(taps, kNow), 0U) << "nobody drives";
}

TEST(Primary, IsTheNextByPriorityWhileTheDriverIsStalled) {
  std::vector<TapView> taps = {of_rank(false, 4), of_rank(true, 2), of_rank(false, 3)};
  taps[1].has_room = false;
  taps[1].last_room_at = kNow - milliseconds(600);
  EXPECT_EQ(choose_primary(taps, kNow), 2U);
  EXPECT_EQ(highest_priority(taps), 1U);
}

TEST(Primary, WithoutRoomHoldsThePictureBackForAWhile) {
  const std::vector<TapView> taps = {full_since(milliseconds(100)), with_room()};
  EXPECT_EQ(choose_primary(taps, kNow), 0U);
  EXPECT_FALSE(worth_encoding(taps, 0U));
}

TEST(Primary, ThatStalledNoLongerStopsTheOthers) {
  const std::vector<TapView> taps = {full_since(milliseconds(500)), with_room()};
  EXPECT_EQ(choose_primary(taps, kNow), 1U);
  EXPECT_TRUE(worth_encoding(taps, 1U));
}

TEST(Primary, IsTheOldestAgainWhenAllAreStalled) {
  const std::vector<TapView> taps = {full_since(milliseconds(900)), full_since(milliseconds(600))};
  EXPECT_EQ(choose_primary(taps, kNow), 0U);
  EXPECT_FALSE(worth_encoding(taps, 0U));
}

TEST(Primary, WithoutRoomDoesNotKeepAJoinerWaiting) {
  std::vector<TapView> taps = {full_since(milliseconds(100)), with_room()};
  taps[1].joining = true;
  EXPECT_TRUE(worth_encoding(taps, 0U));
}

TEST(Primary, IsNotOneWhoseStalledLinkIsOnlyTried) {
  const auto at = [](int ms) { return Timestamp(std::chrono::milliseconds(10'000 + ms)); };
  const std::vector<TapView> taps = {{.has_room = true, .last_room_at = at(0), .is_probe = true},
                                     {.has_room = true, .last_room_at = at(600)}};
  EXPECT_EQ(choose_primary(taps, at(400)), 0U) << "not yet long enough";
  EXPECT_EQ(choose_primary(taps, at(600)), 1U);
  EXPECT_EQ(choose_primary(std::span(taps).first(1), at(600)), 0U) << "alone it goes on being tried";
}

int passed(double camera_rate, double wanted_rate, Duration jitter = {}) {
  FrameThinner thinner;
  int count = 0;
  for (int i = 0; i < static_cast<int>(camera_rate) * 10; ++i) {
    const Duration wobble = i % 2 == 0 ? jitter : -jitter;
    const auto at = kNow + Duration(static_cast<std::int64_t>(1e6 * i / camera_rate)) + wobble;
    if (thinner.passes(at, wanted_rate)) ++count;
  }
  return count;
}

TEST(FrameThinner, LetsThroughWhatIsWanted) {
  EXPECT_EQ(passed(30, 30), 300);
  EXPECT_NEAR(passed(30, 15), 150, 2);
  EXPECT_NEAR(passed(60, 30), 300, 2);
  EXPECT_NEAR(passed(30, 20), 200, 3);
  EXPECT_NEAR(passed(30, 7), 70, 2);
}

TEST(FrameThinner, DoesNotTakeACamerasJitterForSpeed) { EXPECT_EQ(passed(30, 30, milliseconds(8)), 300); }

TEST(FrameThinner, StartsAnewAfterAPause) {
  FrameThinner thinner;
  EXPECT_TRUE(thinner.passes(kNow, 10));
  EXPECT_FALSE(thinner.passes(kNow + milliseconds(20), 10));
  EXPECT_TRUE(thinner.passes(kNow + milliseconds(5'000), 10));
  EXPECT_FALSE(thinner.passes(kNow + milliseconds(5'020), 10)) << "no burst to catch up";
}

TEST(EncoderBitrate, SpendsTheRateOnFewerFrames) {
  const DataRate wanted = DataRate::kilobits_per_second(1'000);
  EXPECT_EQ(encoder_bitrate(wanted, 30, 30), wanted);
  EXPECT_EQ(encoder_bitrate(wanted, 30, 15), DataRate::kilobits_per_second(2'000));
  EXPECT_EQ(encoder_bitrate(wanted, 30, 1), DataRate::kilobits_per_second(8'000));
  EXPECT_EQ(encoder_bitrate(wanted, 30, 60), wanted);
  EXPECT_EQ(encoder_bitrate(DataRate(), 30, 30), DataRate::kilobits_per_second(50));
}

}  // namespace
}  // namespace rtcbot::media
