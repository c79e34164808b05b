#include "rtcbot/audio.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cmath>

#include "rtcbot/driving.hpp"
#include "rtcbot/rtc_connection.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using std::chrono::seconds;

using test::eventually;

/// Counts blocks that are not silent.
struct Ear {
  std::shared_ptr<std::atomic<int>> heard = std::make_shared<std::atomic<int>>(0);
  void operator()(const AudioBlock& block) const {
    int loudest = 0;
    for (const int sample : block) loudest = std::max(loudest, std::abs(sample));
    if (loudest > 1'000) ++*heard;
  }
};

void connect(const RTCConnection& page, const RTCConnection& robot) {
  const Json answer = robot.get_local_description(page.get_local_description());
  page.set_remote_description(answer);
  ASSERT_TRUE(robot.wait_connected(seconds(20)));
  ASSERT_TRUE(page.wait_connected(seconds(20)));
}

TEST(ConnectionAudio, GoesAtOnceAsInRTCBotAndIsSwitched) {
  const Microphone microphone({.source = "test"});
  const Ear ear;
  const RTCConnection robot;
  const RTCConnection page;
  robot.audio().put_subscription(microphone);
  page.audio().subscribe(ear);
  connect(page, robot);
  EXPECT_TRUE(eventually([&] { return *ear.heard > 20; }));
  robot.audio().set(false, false);
  EXPECT_TRUE(eventually([&] { return !microphone.stats().running; }));
  const int then = *ear.heard;
  robot.audio().set(true, false);
  EXPECT_TRUE(eventually([&] { return *ear.heard > then + 20; }));
}

TEST(ConnectionAudio, IsLeftToThePageWhereOneDrives) {
  const Microphone microphone({.source = "test"});
  const Speaker speaker({.sink = "test"});
  Driving driving({.listen = true, .talk = true});
  RTCConnection robot;
  const RTCConnection page;
  driving.attach(robot);
  // Given its ends after it was attached, or before: off either way.
  robot.audio().put_subscription(microphone);
  robot.audio().subscribe(speaker);
  const Ear ear;
  page.audio().subscribe(ear);
  connect(page, robot);
  page.put_nowait("hello");
  EXPECT_EQ(robot.get(seconds(20)), "hello");
  EXPECT_EQ(microphone.stats().listeners, 0);
  EXPECT_EQ(speaker.stats().voices, 0);
  EXPECT_EQ(*ear.heard, 0);
  EXPECT_EQ(robot.stats().audio_blocks_sent, 0);
}

TEST(ConnectionAudio, HasOneMicrophoneGivenInTime) {
  const Microphone microphone({.source = "test"});
  const RTCConnection robot;
  robot.audio().put_subscription(microphone);
  EXPECT_THROW(robot.audio().put_subscription(microphone), Error);
  EXPECT_THROW(Microphone({.source = "loud"}), Error);
  EXPECT_THROW(Speaker({.sink = "quiet"}), Error);
}

TEST(MicrophoneHandle, IsHeardByTheProgramItself) {
  const Microphone microphone({.source = "test"});
  const Ear ear;
  auto listening = microphone.subscribe(ear);
  EXPECT_TRUE(eventually([&] { return *ear.heard > 10; }));
  listening.reset();
  EXPECT_TRUE(eventually([&] { return !microphone.stats().running; }));
}

}  // namespace
}  // namespace rtcbot
