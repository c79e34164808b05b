#include "rtcbot/congestion/encoder_ladder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;
using Step = EncoderLadder::Step;

constexpr EncoderLadder::Config k720p30{.width = 1280, .height = 720, .frame_rate = 30};

/// A ladder in virtual time, told a rate 30 times a second.
class Drive {
 public:
  explicit Drive(const EncoderLadder::Config& config = k720p30) : ladder(config) {}

  /// `kbps` as a function of the milliseconds since the call.
  Drive& run(int ms, const std::function<int(int)>& kbps) {
    for (int passed = 0; passed < ms; passed += 33) {
      const Step before = ladder.step();
      ladder.on_target(now, DataRate::kilobits_per_second(kbps(passed)));
      if (ladder.step().width != before.width) ++resized;
      if (ladder.step() != before) changed_after = passed;
      now += milliseconds(33);
    }
    return *this;
  }
  Drive& run(int ms, int kbps) {
    return run(ms, [kbps](int) { return kbps; });
  }
  [[nodiscard]] std::string shape() const {
    const Step& step = ladder.step();
    return std::to_string(step.width) + "x" + std::to_string(step.height) + "@" +
           std::to_string(static_cast<int>(step.frame_rate));
  }

  EncoderLadder ladder;
  Timestamp now{std::chrono::seconds(1'000)};
  int resized = 0;
  int changed_after = -1;  ///< ms into the last `run`, of its last change.
};

TEST(EncoderSteps, FirstFewerPicturesThenSmallerOnes) {
  std::string all;
  for (const Step& step : encoder_steps(k720p30)) {
    all += std::to_string(step.width) + "x" + std::to_string(step.height) + "@" +
           std::to_string(static_cast<int>(step.frame_rate)) + " ";
  }
  EXPECT_EQ(all,
            "1280x720@30 1280x720@20 1280x720@15 960x540@30 960x540@20 960x540@15 "
            "640x360@30 640x360@20 640x360@15 640x360@10 480x270@10 480x270@5 ");
}

TEST(EncoderSteps, NeedLessFromStepToStepWithinASizeAndFromSizeToSize) {
  for (const auto& [width, height, rate] : {std::tuple{1280, 720, 30.0}, {640, 480, 30.0}, {1920, 1080, 60.0}}) {
    SCOPED_TRACE(width);
    const auto steps = encoder_steps({.width = width, .height = height, .frame_rate = rate});
    for (std::size_t i = 1; i < steps.size(); ++i) {
      if (steps[i].width == steps[i - 1].width) {
        EXPECT_LT(steps[i].need, steps[i - 1].need) << i;
      }
      const Step& before = steps[i - 1];
      const auto smaller = std::find_if(steps.begin(), steps.end(), [&](const Step& step) {
        return step.width < before.width && step.frame_rate == before.frame_rate;
      });
      if (smaller != steps.end()) {
        EXPECT_LT(smaller->need, steps[i - 1].need) << i;
      }
    }
    EXPECT_LT(steps.back().need, DataRate::kilobits_per_second(130));
  }
}

TEST(EncoderSteps, SizesAreEvenAndStillShowSomething) {
  for (int width = 16; width <= 4096; width += 2) {
    for (const Step& step : encoder_steps({.width = width, .height = 50, .frame_rate = 30})) {
      ASSERT_EQ(step.width % 2 + step.height % 2, 0) << width;
      ASSERT_LE(step.width, width);
      ASSERT_EQ(step.height, 50) << "too low to be made smaller";
    }
  }
}

TEST(EncoderSteps, ASlowCameraHasNoFasterSteps) {
  const auto steps = encoder_steps({.width = 640, .height = 480, .frame_rate = 8});
  EXPECT_EQ(steps.front().frame_rate, 8);
  for (std::size_t i = 1; i < steps.size(); ++i) EXPECT_NE(steps[i], steps[i - 1]);
  EXPECT_EQ(steps.back().frame_rate, 5);
}

struct Case {
  const char* sentence;
  int kbps;
  const char* shape;
};
TEST(EncoderLadder, SettlesOnTheStepThatARateFits) {
  for (const Case& c :
       {Case{"enough for everything", 3'000, "1280x720@30"},
        Case{"a little too little: fewer pictures", 1'000, "1280x720@20"},
        Case{"half of it: fewer still, at full size", 700, "1280x720@15"},
        Case{"then a smaller picture", 500, "960x540@15"}, Case{"and a smaller one", 300, "640x360@15"},
        Case{"with fewer pictures", 200, "640x360@10"}, Case{"and the smallest", 120, "480x270@10"},
        Case{"which at last moves slowly", 80, "480x270@5"},
        Case{"where nothing fits, the smallest: its viewer's gate takes what passes", 20, "480x270@5"}}) {
    SCOPED_TRACE(c.sentence);
    EXPECT_EQ(Drive().run(10'000, 3'000).run(5'000, c.kbps).shape(), c.shape);
  }
}

TEST(EncoderLadder, GoesDownWithinHalfASecondAndInOneStep) {
  Drive drive;
  drive.run(10'000, 3'000).run(3'000, 200);
  EXPECT_EQ(drive.shape(), "640x360@10");
  EXPECT_LE(drive.changed_after, 600);
  EXPECT_EQ(drive.resized, 1) << "one key frame, not one for each step";
}

TEST(EncoderLadder, DoesNotMindADipOfATenthOfASecond) {
  Drive drive;
  drive.run(10'000, 3'000).run(130, 150).run(5'000, 3'000);
  EXPECT_EQ(drive.changed_after, -1);
}

TEST(EncoderLadder, ComesBackOnlyAfterSecondsOfRoom) {
  Drive drive;
  drive.run(10'000, 3'000).run(3'000, 300).run(4'500, 1'800);
  EXPECT_EQ(drive.shape(), "640x360@30");
  drive.run(1'500, 1'800);
  EXPECT_EQ(drive.shape(), "1280x720@30") << "and then at once";
}

TEST(EncoderLadder, ComesBackToALargerPictureSoonWhereThereIsPlenty) {
  Drive drive;
  drive.run(10'000, 3'000).run(6'000, 500).run(2'200, 3'000);
  EXPECT_EQ(drive.shape(), "1280x720@30");
}

TEST(EncoderLadder, ShowsMorePicturesOfTheSameSizeBeforeLargerOnes) {
  Drive drive;
  drive.run(10'000, 3'000).run(6'000, 500).run(2'500, 1'200);
  EXPECT_EQ(drive.shape(), "960x540@30");
}

TEST(EncoderLadder, ComesBackToMorePicturesSooner) {
  Drive drive;
  drive.run(10'000, 3'000).run(3'000, 800).run(2'700, 3'000);
  EXPECT_EQ(drive.shape(), "1280x720@30");
  EXPECT_EQ(drive.resized, 0);
}

TEST(EncoderLadder, StaysWhereTheNextStepWouldJustFit) {
  Drive drive;
  drive.run(10'000, 3'000).run(3'000, 600).run(30'000, 800);
  EXPECT_EQ(drive.shape(), "960x540@20") << "800 is more than the 690 of the next step, but not a third more";
}

TEST(EncoderLadder, RestsOnARateThatSwingsByThreeEveryTenth) {
  Drive drive;
  drive.run(10'000, 3'000).run(60'000, [](int ms) { return ms / 100 % 2 == 0 ? 900 : 300; });
  EXPECT_LE(drive.resized, 1);
  EXPECT_EQ(drive.shape(), "960x540@15");
}

TEST(EncoderLadder, MakesNoStormOfKeyFramesOnALinkLikeACarOnTheRoad) {
  // Rates as of an LTE uplink while driving: seconds of plenty, of little, of nothing, none of them regular.
  constexpr int kSeconds[] = {1900, 2600, 800, 150, 60, 400, 2200, 3100, 2900, 500, 90, 1200, 700, 2400, 3600, 250};
  Drive drive;
  drive.run(300'000, [&](int ms) {
    const int swing = ms / 100 % 3;
    return kSeconds[ms / 1'000 % 16] * (swing == 0 ? 6 : swing == 1 ? 10 : 16) / 10;
  });
  EXPECT_LE(drive.resized, 300 / 10) << "at most one in ten seconds";
}

TEST(EncoderLadder, WaitsLongerAfterEachRiseThatItRegrets) {
  Drive drive;
  drive.run(10'000, 3'000).run(2'000, 300);
  drive.resized = 0;
  // Seven seconds of room, then three without, again and again: without patience that is two changes in each ten.
  drive.run(120'000, [](int ms) { return ms % 10'000 < 7'000 ? 3'000 : 300; });
  EXPECT_LE(drive.resized, 4);
  drive.run(25'000, 3'000);
  EXPECT_EQ(drive.shape(), "1280x720@30") << "but not for ever";
}

TEST(EncoderLadder, TakesAnOutageForNoRateAtAll) {
  Drive drive;
  drive.run(10'000, 3'000).run(5'000, 0).run(1'000, 3'000);
  EXPECT_EQ(drive.shape(), "1280x720@30");
  EXPECT_EQ(drive.resized, 0);
}

TEST(EncoderLadder, StartsAtFullSizeWhileTheEstimateGrows) {
  Drive drive;
  drive.run(1'500, [](int ms) { return 300 + ms; }).run(3'000, 2'500);
  EXPECT_EQ(drive.resized, 0);
  EXPECT_EQ(drive.shape(), "1280x720@30");
}

TEST(EncoderLadder, LeavesTheStartOnALinkThatStaysThin) { EXPECT_EQ(Drive().run(3'000, 200).shape(), "640x360@10"); }

}  // namespace
}  // namespace rtcbot::congestion
