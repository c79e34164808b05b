#include "rtcbot/congestion/frame_gate.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp at(std::int64_t ms) { return Timestamp(milliseconds(1'000'000 + ms)); }

/// 800 kbit/s: 100 bytes per millisecond, so that 120 ms of room are 12 kB and the limit of 600 ms is 60 kB.
FrameGate gate_at_100_bytes_per_ms() {
  FrameGate gate({.drain = 1.0});
  gate.restart(at(0));
  gate.set_rate(at(0), DataRate::kilobits_per_second(800));
  return gate;
}

TEST(FrameGate, HasNoRoomBeforeARateIsGranted) {
  FrameGate gate;
  EXPECT_FALSE(gate.has_room(at(0)));
  EXPECT_FALSE(gate.admit(at(0), 1, true, DataSize::bytes(1)));
}

TEST(FrameGate, HasRoomUntilTheBacklogPassesTheLowBound) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(12'000)));
  EXPECT_TRUE(gate.has_room(at(0)));
  ASSERT_TRUE(gate.admit(at(0), 2, false, DataSize::bytes(100)));
  EXPECT_FALSE(gate.has_room(at(0)));
}

TEST(FrameGate, DrainsAtTheGrantedRate) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(22'000)));
  EXPECT_FALSE(gate.has_room(at(99)));
  EXPECT_TRUE(gate.has_room(at(100)));
}

TEST(FrameGate, DrainsTheSameHoweverOftenItIsAsked) {
  FrameGate gate({.drain = 1.0});
  gate.restart(at(0));
  gate.set_rate(at(0), DataRate::kilobits_per_second(8));  // One byte per millisecond; asked every 0.1 ms.
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(220)));
  for (int tenth = 0; tenth < 990; ++tenth) {
    ASSERT_FALSE(gate.has_room(at(0) + Duration(tenth * 100))) << tenth;
  }
  EXPECT_TRUE(gate.has_room(at(101)));
}

TEST(FrameGate, LetsThroughBetweenTheBoundsWhatOthersHadEncoded) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(40'000)));
  EXPECT_FALSE(gate.has_room(at(0)));
  EXPECT_TRUE(gate.admit(at(0), 2, false, DataSize::bytes(4'000)));
}

TEST(FrameGate, RefusesOverTheHighBoundAndThenAllDeltaFrames) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(70'000)));
  EXPECT_FALSE(gate.admit(at(0), 2, false, DataSize::bytes(1'000)));
  EXPECT_FALSE(gate.admit(at(700), 3, false, DataSize::bytes(1'000))) << "there is room again, but frame 2 is missing";
  EXPECT_TRUE(gate.admit(at(700), 4, true, DataSize::bytes(10'000)));
  EXPECT_TRUE(gate.admit(at(700), 5, false, DataSize::bytes(1'000)));
  EXPECT_EQ(gate.stats().admitted, 3);
  EXPECT_EQ(gate.stats().refused, 2);
}

TEST(FrameGate, AsksForAKeyFrameOnlyOnceThereIsRoomForIt) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(70'000)));
  ASSERT_FALSE(gate.admit(at(0), 2, false, DataSize::bytes(1'000)));
  EXPECT_FALSE(gate.take_key_request(at(500)));
  EXPECT_TRUE(gate.take_key_request(at(600)));
}

TEST(FrameGate, AsksForAKeyFrameAtMostOncePerGap) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(100)));
  ASSERT_FALSE(gate.admit(at(0), 3, false, DataSize::bytes(100)));
  int requests = 0;
  for (int ms = 0; ms < 2'000; ms += 33) requests += gate.take_key_request(at(ms)) ? 1 : 0;
  EXPECT_EQ(requests, 4);
}

TEST(FrameGate, AsksForNoKeyFrameWhileTheChainIsWhole) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  EXPECT_FALSE(gate.take_key_request(at(0))) << "an encoder gives a new viewer a key frame unasked";
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(100)));
  EXPECT_FALSE(gate.take_key_request(at(1)));
}

TEST(FrameGate, SendsNothingAtRateZero) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(100)));
  gate.set_rate(at(1), DataRate());
  EXPECT_FALSE(gate.has_room(at(10'000)));
  EXPECT_FALSE(gate.admit(at(10'000), 2, false, DataSize::bytes(1)));
  EXPECT_FALSE(gate.take_key_request(at(10'000)));
}

TEST(FrameGate, ForgetsBacklogAndChainAtARestart) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(70'000)));
  gate.restart(at(1));
  EXPECT_TRUE(gate.has_room(at(1)));
  EXPECT_FALSE(gate.admit(at(1), 2, false, DataSize::bytes(1)));
  EXPECT_TRUE(gate.admit(at(1), 7, true, DataSize::bytes(1)));
}

TEST(FrameGate, LeavesTheDecisionToThePathControllerWhereThereIsOne) {
  FrameGate gate = gate_at_100_bytes_per_ms();
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(70'000)));
  EXPECT_TRUE(gate.has_room(at(0), FrameGate::PathRoom{.for_new = true, .for_encoded = true}));
  EXPECT_TRUE(gate.admit(at(0), 2, false, DataSize::bytes(100), FrameGate::PathRoom{.for_encoded = true}));
  EXPECT_FALSE(gate.has_room(at(2'000), FrameGate::PathRoom{.for_encoded = true})) << "although the bucket is empty";
  EXPECT_FALSE(gate.admit(at(2'000), 3, false, DataSize::bytes(100), FrameGate::PathRoom{}));
  gate.set_rate(at(2'000), DataRate());
  EXPECT_FALSE(gate.has_room(at(2'000), FrameGate::PathRoom{.for_new = true})) << "paused";
}

TEST(FrameGate, SurvivesHugeFramesAndLongSilence) {
  FrameGate gate({.drain = 1.25});
  gate.set_rate(at(0), DataRate::kilobits_per_second(100'000));
  ASSERT_TRUE(gate.admit(at(0), 1, true, DataSize::bytes(50'000'000)));
  EXPECT_FALSE(gate.has_room(at(1)));
  EXPECT_TRUE(gate.has_room(at(100'000'000)));
}

}  // namespace
}  // namespace rtcbot::congestion
