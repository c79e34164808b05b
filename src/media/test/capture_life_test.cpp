#include "capture_life.hpp"

#include <gmock/gmock.h>

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
using Action = CaptureLife::Action;
const Error kUnplugged(Errc::camera_failed, "unplugged");

/// A camera's life with a clock that the test turns.
struct Life {
  explicit Life(const CaptureLife::Config& config = {}) : life(config) {}

  CaptureLife life;
  Timestamp now{std::chrono::seconds(1'000)};

  Life& after(int ms) {
    now += milliseconds(ms);
    return *this;
  }
  Action next() { return life.next(now); }
  void picture() { life.on_picture(now); }
  void run() {
    life.set_users(now, 1);
    EXPECT_EQ(next(), Action::open);
    picture();
  }
  /// Gives pictures, as a camera does, for that long.
  void deliver(int ms) {
    for (int passed = 0; passed < ms; passed += 100) {
      after(100).picture();
      EXPECT_EQ(next(), Action::none);
    }
  }
};

TEST(CaptureLife, OpensForTheFirstUserAndRunsWithTheFirstPicture) {
  Life life;
  EXPECT_EQ(life.next(), Action::none);
  EXPECT_EQ(life.life.next_at(), kNever);
  life.life.set_users(life.now, 1);
  EXPECT_EQ(life.next(), Action::open);
  EXPECT_EQ(life.life.state(), CameraState::opening);
  life.picture();
  EXPECT_EQ(life.life.state(), CameraState::running);
  EXPECT_EQ(life.next(), Action::none);
}

TEST(CaptureLife, LingersAfterTheLastUser) {
  Life life;
  life.run();
  life.life.set_users(life.now, 0);
  life.deliver(4'900);
  EXPECT_EQ(life.after(100).next(), Action::close);
  EXPECT_EQ(life.life.state(), CameraState::closed);
  EXPECT_EQ(life.after(10'000).next(), Action::none);
}

TEST(CaptureLife, OpensAheadForAUserWhoIsExpected) {
  Life life;
  life.life.hold_until(life.now + milliseconds(5'000));
  EXPECT_EQ(life.next(), Action::open);
  life.deliver(4'900);
  EXPECT_EQ(life.after(100).next(), Action::close);
}

TEST(CaptureLife, IsFrozenWithoutPicturesAndReopened) {
  Life life;
  life.run();
  EXPECT_EQ(life.life.next_at(), life.now + milliseconds(1'000));
  EXPECT_EQ(life.after(999).next(), Action::none);
  EXPECT_EQ(life.after(1).next(), Action::close);
  EXPECT_EQ(life.life.state(), CameraState::frozen);
  ASSERT_TRUE(life.life.reason().has_value());
  EXPECT_THAT(life.life.reason()->what(), testing::HasSubstr("1000 ms"));
  EXPECT_EQ(life.after(249).next(), Action::none);
  EXPECT_EQ(life.after(1).next(), Action::open);
  EXPECT_EQ(life.life.state(), CameraState::frozen) << "until it delivers";
  life.picture();
  EXPECT_EQ(life.life.state(), CameraState::running);
  EXPECT_FALSE(life.life.reason().has_value());
  EXPECT_EQ(life.life.reopened(), 1);
}

const Absence kMissing{CameraState::missing, Error(Errc::no_camera, "/dev/video9 is missing")};

TEST(CaptureLife, DoesNotOpenAnAbsentDeviceAndOpensItImmediatelyWhenItAppears) {
  Life life;
  life.life.set_absence(life.now, kMissing);
  EXPECT_EQ(life.life.state(), CameraState::missing) << "though nobody uses it";
  EXPECT_EQ(life.life.reason(), kMissing.reason);
  life.life.set_users(life.now, 1);
  EXPECT_EQ(life.after(60'000).next(), Action::none);
  EXPECT_EQ(life.life.next_at(), kNever);
  life.life.set_absence(life.now, std::nullopt);
  EXPECT_EQ(life.next(), Action::open);
  EXPECT_EQ(life.life.state(), CameraState::opening);
  EXPECT_EQ(life.life.reason(), std::nullopt);
  EXPECT_EQ(life.life.reopened(), 0);
}

TEST(CaptureLife, OfADeviceThatWasUnpluggedWaitsUntilItReturnsAndNotForTheBackOff) {
  Life life;
  life.run();
  life.life.on_failure(life.now, kUnplugged);
  life.life.set_absence(life.now, kMissing);
  EXPECT_EQ(life.life.state(), CameraState::failed) << "its own reason counts until it is closed";
  EXPECT_EQ(life.next(), Action::close);
  life.life.set_absence(life.now, kMissing);
  EXPECT_EQ(life.life.state(), CameraState::missing);
  EXPECT_EQ(life.after(60'000).next(), Action::none);
  life.life.set_absence(life.now, std::nullopt);
  EXPECT_EQ(life.next(), Action::open);
}

TEST(CaptureLife, OfAnAbsentDeviceIsClosedWithoutUsersWhenTheDeviceAppears) {
  Life life;
  life.run();
  life.life.on_failure(life.now, kUnplugged);
  EXPECT_EQ(life.next(), Action::close);
  life.life.set_absence(life.now, kMissing);
  life.life.set_users(life.now, 0);
  EXPECT_EQ(life.after(6'000).next(), Action::none);
  life.life.set_absence(life.now, std::nullopt);
  EXPECT_EQ(life.next(), Action::none);
  EXPECT_EQ(life.life.state(), CameraState::closed);
}

TEST(CaptureLife, WaitsLongerEachTimeItFails) {
  Life life;
  life.life.set_users(life.now, 1);
  for (const int pause : {250, 500, 1'000, 2'000, 4'000, 5'000, 5'000}) {
    SCOPED_TRACE(pause);
    EXPECT_EQ(life.next(), Action::open);
    life.life.on_failure(life.now, kUnplugged);
    EXPECT_EQ(life.next(), Action::close);
    EXPECT_EQ(life.life.state(), CameraState::failed);
    EXPECT_EQ(life.life.next_at(), life.now + milliseconds(pause));
    EXPECT_EQ(life.after(pause - 1).next(), Action::none);
    life.after(1);
  }
}

TEST(CaptureLife, TriesSoonAgainOnceACameraHasProvenItself) {
  Life life;
  life.run();
  life.life.on_failure(life.now, kUnplugged);
  EXPECT_EQ(life.next(), Action::close);
  EXPECT_EQ(life.after(250).next(), Action::open);
  life.deliver(3'000);
  life.life.on_failure(life.now, kUnplugged);
  EXPECT_EQ(life.next(), Action::close);
  EXPECT_EQ(life.after(250).next(), Action::open);
}

TEST(CaptureLife, CountsOneFailureOnceHoweverOftenItIsReported) {
  Life life;
  life.run();
  life.life.on_failure(life.now, kUnplugged);
  life.life.on_failure(life.now, kUnplugged);
  EXPECT_EQ(life.next(), Action::close);
  life.life.on_failure(life.now, kUnplugged);
  EXPECT_EQ(life.after(250).next(), Action::open);
}

TEST(CaptureLife, GivesUpAnOpeningWithoutAPicture) {
  Life life;
  life.life.set_users(life.now, 1);
  EXPECT_EQ(life.next(), Action::open);
  EXPECT_EQ(life.after(9'999).next(), Action::none);
  EXPECT_EQ(life.after(1).next(), Action::close);
  EXPECT_EQ(life.life.state(), CameraState::failed);
}

TEST(CaptureLife, ForgetsAFailureWhenNobodyIsInterestedAnyMore) {
  Life life;
  life.run();
  life.life.on_failure(life.now, kUnplugged);
  EXPECT_EQ(life.next(), Action::close);
  life.life.set_users(life.now, 0);
  EXPECT_EQ(life.after(250).next(), Action::open) << "it lingers";
  life.life.on_failure(life.now, kUnplugged);
  EXPECT_EQ(life.after(6'000).next(), Action::close);
  EXPECT_EQ(life.life.state(), CameraState::closed);
  EXPECT_EQ(life.next(), Action::none);
  EXPECT_EQ(life.life.next_at(), kNever);
}

TEST(CaptureLife, LeavesACameraThreePicturesTimeBeforeItIsFrozen) {
  CaptureLife::Config config;
  config.picture_interval = milliseconds(1'000);
  Life life(config);
  life.run();
  EXPECT_EQ(life.after(2'999).next(), Action::none);
  EXPECT_EQ(life.after(1).next(), Action::close);
  EXPECT_EQ(life.life.state(), CameraState::frozen);
  EXPECT_THAT(life.life.reason()->what(), testing::HasSubstr("3000 ms"));
}

TEST(CaptureLife, LearnsThatACameraIsSlowerThanItWasAskedToBe) {
  CaptureLife::Config config;
  config.picture_interval = milliseconds(33);
  Life life(config);
  life.run();
  // In the dark it gives a picture every 0.9 s.
  for (int i = 0; i < 4; ++i) {
    life.after(900).picture();
    EXPECT_EQ(life.next(), Action::none);
  }
  EXPECT_EQ(life.after(2'699).next(), Action::none);
  EXPECT_EQ(life.after(1).next(), Action::close);
}

TEST(CaptureLife, OneLatePictureDoesNotMakeACameraSlow) {
  Life life;
  life.run();
  life.deliver(1'000);
  life.after(900).picture();
  life.deliver(100);
  EXPECT_EQ(life.after(999).next(), Action::none);
  EXPECT_EQ(life.after(1).next(), Action::close);
}

TEST(CaptureLife, ComesToKnowACameraOfAPictureInThreeSeconds) {
  Life life;
  life.life.set_users(life.now, 1);
  int frozen = 0;
  for (int tick = 0; tick < 600; ++tick) {
    if (life.next() == Action::close) ++frozen;
    life.after(100);
    if (tick % 30 == 0) life.picture();
  }
  EXPECT_LE(frozen, 3);
  EXPECT_EQ(life.life.state(), CameraState::running);
}

TEST(CaptureLife, APushedCameraFreezesButIsNotReopened) {
  CaptureLife::Config config;
  config.reopens = false;
  Life life(config);
  life.run();
  EXPECT_EQ(life.after(1'000).next(), Action::none);
  EXPECT_EQ(life.life.state(), CameraState::frozen);
  EXPECT_EQ(life.life.next_at(), kNever);
  life.after(60'000).picture();
  EXPECT_EQ(life.life.state(), CameraState::running);
  EXPECT_EQ(life.life.reopened(), 0);
}

TEST(CaptureLife, OpensABetterSourceImmediatelyAndCountsNoFailure) {
  Life life;
  life.run();
  life.deliver(3'000);
  life.life.replace(life.now);
  EXPECT_EQ(life.life.state(), CameraState::opening);
  EXPECT_EQ(life.next(), Action::close);
  EXPECT_EQ(life.next(), Action::open);
  EXPECT_EQ(life.life.reopened(), 0);
  life.picture();
  EXPECT_EQ(life.life.state(), CameraState::running);
}

TEST(CaptureLife, ReplacesNothingWhileItIsClosed) {
  Life life;
  life.life.replace(life.now);
  EXPECT_EQ(life.life.state(), CameraState::closed);
  EXPECT_EQ(life.next(), Action::none);
}

}  // namespace
}  // namespace rtcbot::media
