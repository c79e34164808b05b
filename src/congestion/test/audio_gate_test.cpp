#include "rtcbot/congestion/audio_gate.hpp"

#include <gtest/gtest.h>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

DataRate kbps(int rate) { return DataRate::kilobits_per_second(rate); }

class AudioGateTest : public ::testing::Test {
 protected:
  bool admit(int estimate, bool stalled = false) {
    now += milliseconds(100);
    return gate.admit(now, kbps(estimate), stalled);
  }
  Timestamp now{};
  AudioGate gate{{.min_video = kbps(150), .audio = kbps(40)}};
};

TEST_F(AudioGateTest, LetsSoundThroughWhereTheLinkCarriesBoth) {
  EXPECT_TRUE(admit(1500));
  EXPECT_TRUE(admit(190));
}

TEST_F(AudioGateTest, GivesUpSoundBeforeThePictureWouldGetTooLittle) {
  ASSERT_TRUE(admit(400));
  EXPECT_FALSE(admit(189));
}

TEST_F(AudioGateTest, SendsNothingIntoAStall) {
  ASSERT_TRUE(admit(1500));
  EXPECT_FALSE(admit(1500, true));
}

TEST_F(AudioGateTest, ComesBackOnlyAfterTheLinkHasHadMoreRoomForAWhile) {
  ASSERT_FALSE(admit(100));
  for (int i = 0; i < 50; ++i) ASSERT_FALSE(admit(200)) << "enough to go on, not to begin again";
  for (int i = 0; i < 20; ++i) ASSERT_FALSE(admit(230)) << i;
  EXPECT_TRUE(admit(230));
  EXPECT_TRUE(admit(200));
}

TEST_F(AudioGateTest, CountsTheCalmAnewAfterEachDip) {
  ASSERT_FALSE(admit(100));
  for (int i = 0; i < 15; ++i) ASSERT_FALSE(admit(500));
  ASSERT_FALSE(admit(100));
  for (int i = 0; i < 20; ++i) ASSERT_FALSE(admit(500)) << i;
  EXPECT_TRUE(admit(500));
}

}  // namespace
}  // namespace rtcbot::congestion
