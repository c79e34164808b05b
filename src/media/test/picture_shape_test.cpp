#include "picture_shape.hpp"

#include <gmock/gmock.h>

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;

constexpr PictureSize kFull{1280, 720};

const ViewerPriority kDriver{.drives = true, .since = Timestamp(std::chrono::seconds(2))};
const ViewerPriority kFirst{.drives = false, .since = Timestamp(std::chrono::seconds(1))};
const ViewerPriority kSecond{.drives = false, .since = Timestamp(std::chrono::seconds(3))};
const PictureShape::Primary kTheDriver{.has_highest_priority = true, .priority = kDriver};
const PictureShape::Primary kAStandIn{.has_highest_priority = false, .priority = kSecond};

struct Watch {
  /// `ms` of pictures, thirty a second.
  void run(int ms, PictureShape::Primary primary, int kbps) {
    for (int passed = 0; passed < ms; passed += 33, now += milliseconds(33)) {
      const PictureSize before = shape.size();
      shape.on_primary(now, primary, DataRate::kilobits_per_second(kbps));
      if (shape.size() != before) ++resized;
    }
  }
  PictureShape shape{VideoCodec::h264, kFull, 30};
  Timestamp now{std::chrono::seconds(100)};
  int resized = 0;
};

TEST(PictureShape, FollowsTheDriversRate) {
  Watch watch;
  watch.run(5'000, kTheDriver, 2'000);
  EXPECT_EQ(watch.shape.size(), kFull);
  EXPECT_EQ(watch.shape.frame_rate(), 30);
  watch.run(2'000, kTheDriver, 300);
  EXPECT_EQ(watch.shape.size(), (PictureSize{640, 360}));
  EXPECT_EQ(watch.shape.frame_rate(), 15);
}

TEST(PictureShape, IsTheDriversStillWhenItStalledForTwoSecondsAndASlowViewerLed) {
  Watch watch;
  watch.run(5'000, kTheDriver, 2'000);
  watch.run(2'000, kAStandIn, 100);
  watch.run(3'000, kTheDriver, 2'000);
  EXPECT_EQ(watch.shape.size(), kFull);
  EXPECT_EQ(watch.resized, 0);
}

TEST(PictureShape, DoesNotFlapWhileADriverStallsAgainAndAgain) {
  Watch watch;
  watch.run(5'000, kTheDriver, 400);
  watch.resized = 0;
  for (int i = 0; i < 20; ++i) {
    watch.run(1'500, kTheDriver, 400);
    watch.run(1'000, kAStandIn, 5'000);
  }
  EXPECT_EQ(watch.resized, 0);
}

TEST(PictureShape, IsTheSecondViewersOnceTheDriverIsGoneForLong) {
  Watch watch;
  watch.run(5'000, kTheDriver, 2'000);
  watch.run(5'000, kAStandIn, 300);
  EXPECT_EQ(watch.shape.size(), (PictureSize{640, 360}));
}

TEST(PictureShape, OfAnEncoderWithOneSizeChangesInFrameRateOnly) {
  Watch watch;
  watch.shape.keep_full_size();
  watch.run(5'000, kTheDriver, 300);
  EXPECT_EQ(watch.shape.size(), kFull);
  EXPECT_EQ(watch.shape.frame_rate(), 15);
}

TEST(PictureShape, IsTheDriversStillWhenItWasGoneForTwoSeconds) {
  Watch watch;
  watch.run(5'000, kTheDriver, 2'000);
  watch.shape.on_highest_priority_left(watch.now, kDriver);
  watch.run(2'000, {.has_highest_priority = true, .priority = kSecond}, 100);
  EXPECT_EQ(watch.shape.size(), kFull);
  watch.run(3'000, kTheDriver, 2'000);
  EXPECT_EQ(watch.shape.size(), kFull);
  EXPECT_EQ(watch.resized, 0);
}

TEST(PictureShape, IsTheNextOnesThreeSecondsAfterTheFirstHasGoneForGood) {
  Watch watch;
  watch.run(5'000, {.has_highest_priority = true, .priority = kFirst}, 2'000);
  watch.shape.on_highest_priority_left(watch.now, kFirst);
  watch.run(2'900, {.has_highest_priority = true, .priority = kSecond}, 300);
  EXPECT_EQ(watch.shape.size(), kFull);
  watch.run(2'000, {.has_highest_priority = true, .priority = kSecond}, 300);
  EXPECT_EQ(watch.shape.size(), (PictureSize{640, 360}));
}

TEST(PictureShape, IsANewDriversAtOnce) {
  Watch watch;
  watch.run(5'000, {.has_highest_priority = true, .priority = kFirst}, 2'000);
  watch.run(1'000, kTheDriver, 300);
  EXPECT_EQ(watch.shape.size(), (PictureSize{640, 360})) << "the seat moved";
  watch.shape.on_highest_priority_left(watch.now, kDriver);
  ViewerPriority next = kSecond;
  next.drives = true;
  watch.run(10'000, {.has_highest_priority = true, .priority = next}, 5'000);
  EXPECT_EQ(watch.shape.size(), kFull) << "and moved again, as the driver went";
}

}  // namespace
}  // namespace rtcbot::media
