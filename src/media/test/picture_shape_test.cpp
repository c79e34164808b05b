#include "picture_shape.hpp"

#include <gmock/gmock.h>

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;

constexpr PictureSize kFull{1280, 720};

struct Watch {
  /// `ms` of pictures, thirty a second.
  void run(int ms, bool oldest, int kbps) {
    for (int passed = 0; passed < ms; passed += 33, now += milliseconds(33)) {
      const PictureSize before = shape.size();
      shape.on_leader(now, oldest, DataRate::kilobits_per_second(kbps));
      if (shape.size() != before) ++resized;
    }
  }
  PictureShape shape{VideoCodec::h264, kFull, 30};
  Timestamp now{std::chrono::seconds(100)};
  int resized = 0;
};

TEST(PictureShape, FollowsTheDriversRate) {
  Watch watch;
  watch.run(5'000, true, 2'000);
  EXPECT_EQ(watch.shape.size(), kFull);
  EXPECT_EQ(watch.shape.frame_rate(), 30);
  watch.run(2'000, true, 300);
  EXPECT_EQ(watch.shape.size(), (PictureSize{640, 360}));
  EXPECT_EQ(watch.shape.frame_rate(), 15);
}

TEST(PictureShape, IsTheDriversStillWhenItStalledForTwoSecondsAndASlowViewerLed) {
  Watch watch;
  watch.run(5'000, true, 2'000);
  watch.run(2'000, false, 100);
  watch.run(3'000, true, 2'000);
  EXPECT_EQ(watch.shape.size(), kFull);
  EXPECT_EQ(watch.resized, 0);
}

TEST(PictureShape, DoesNotFlapWhileADriverStallsAgainAndAgain) {
  Watch watch;
  watch.run(5'000, true, 400);
  watch.resized = 0;
  for (int i = 0; i < 20; ++i) {
    watch.run(1'500, true, 400);
    watch.run(1'000, false, 5'000);
  }
  EXPECT_EQ(watch.resized, 0);
}

TEST(PictureShape, IsTheSecondViewersOnceTheDriverIsGoneForLong) {
  Watch watch;
  watch.run(5'000, true, 2'000);
  watch.run(5'000, false, 300);
  EXPECT_EQ(watch.shape.size(), (PictureSize{640, 360}));
}

TEST(PictureShape, OfAnEncoderWithOneSizeChangesInFrameRateOnly) {
  Watch watch;
  watch.shape.keep_full_size();
  watch.run(5'000, true, 300);
  EXPECT_EQ(watch.shape.size(), kFull);
  EXPECT_EQ(watch.shape.frame_rate(), 15);
}

}  // namespace
}  // namespace rtcbot::media
