#include "rtcbot/media/audio.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <vector>

#include "audio_source.hpp"
#include "support/eventually.hpp"
#include "voice_mixer.hpp"

namespace rtcbot::media {
namespace {

using test::eventually;

AudioBlock loud(std::int16_t value) {
  AudioBlock block;
  block.fill(value);
  return block;
}

TEST(VoiceMixer, PassesASingleVoiceOn) {
  VoiceMixer mixer;
  mixer.add(1);
  EXPECT_EQ(mixer.put(1, loud(7)), loud(7));
  EXPECT_EQ(mixer.put(1, loud(8)), loud(8));
}

TEST(VoiceMixer, AddsVoicesThatTalkAtOnceAndClipsWhatIsTooLoud) {
  VoiceMixer mixer;
  mixer.add(1);
  mixer.add(2);
  EXPECT_EQ(mixer.put(1, loud(100)), loud(100)) << "the other has said nothing yet";
  EXPECT_EQ(mixer.put(2, loud(10)), std::nullopt) << "now it waits for the first";
  EXPECT_EQ(mixer.put(1, loud(100)), loud(110));
  EXPECT_EQ(mixer.put(1, loud(30'000)), std::nullopt);
  EXPECT_EQ(mixer.put(2, loud(30'000)), loud(32'767));
}

TEST(VoiceMixer, WaitsNotForEverForOneWhoFellSilent) {
  VoiceMixer mixer;
  mixer.add(1);
  mixer.add(2);
  ASSERT_TRUE(mixer.put(1, loud(1)));
  ASSERT_FALSE(mixer.put(2, loud(2)));
  ASSERT_TRUE(mixer.put(1, loud(1)));
  for (std::size_t i = 0; i < VoiceMixer::kTimeout; ++i) ASSERT_FALSE(mixer.put(1, loud(5)));
  EXPECT_EQ(mixer.put(1, loud(5)), loud(5));
  EXPECT_EQ(mixer.put(1, loud(5)), loud(5));
}

TEST(VoiceMixer, ForgetsOneWhoLeft) {
  VoiceMixer mixer;
  mixer.add(1);
  mixer.add(2);
  ASSERT_TRUE(mixer.put(1, loud(1)));
  ASSERT_FALSE(mixer.put(2, loud(2)));
  mixer.remove(1);
  EXPECT_EQ(mixer.put(2, loud(3)), loud(2));
  mixer.remove(2);
  EXPECT_TRUE(mixer.is_empty());
}

TEST(Level, IsInDecibelsBelowTheLoudest) {
  EXPECT_NEAR(level_of(loud(32'767)), 0, 0.01);
  EXPECT_NEAR(level_of(loud(3'277)), -20, 0.01);
  EXPECT_EQ(level_of(loud(0)), -100);
}

TEST(Microphone, OfTestIsOpenOnlyWhileSomebodyListens) {
  const auto microphone = Microphone::create({.source = "test"}, [](const LogRecord&) {});
  ASSERT_TRUE(microphone) << microphone.error().what();
  EXPECT_FALSE((*microphone)->stats().running);
  std::atomic<int> heard{0};
  auto listening = (*microphone)->listen([&](const AudioBlock& block) { heard += level_of(block) > -20 ? 1 : 0; });
  EXPECT_TRUE(eventually([&] { return heard >= 30; }));
  listening.reset();
  const int then = heard;
  EXPECT_TRUE(eventually([&] { return !(*microphone)->stats().running; }));
  EXPECT_EQ(heard, then) << "nobody is called after leaving";
  listening = (*microphone)->listen([&](const AudioBlock&) { ++heard; });
  EXPECT_TRUE(eventually([&] { return heard > then + 10; })) << "it opens again";
}

TEST(Microphone, ThatFailsIsSaidOnceAndTriedAgain) {
  std::mutex mutex;
  std::vector<std::string> said;
  const auto log = [&](const LogRecord& record) {
    const std::lock_guard lock(mutex);
    said.emplace_back(record.message);
  };
  // Ends after three blocks, each time.
  const auto microphone = Microphone::create({.source = "gst:audiotestsrc num-buffers=3 is-live=true"}, log);
  ASSERT_TRUE(microphone);
  const auto listening = (*microphone)->listen([](const AudioBlock&) {});
  EXPECT_TRUE(eventually([&] { return (*microphone)->stats().failures >= 2; }));
  const std::lock_guard lock(mutex);
  ASSERT_GE(said.size(), 1U);
  EXPECT_NE(said.front().find("tries again"), std::string::npos) << said.front();
}

TEST(Microphone, WithANameThatSaysNothingIsRefusedWithWhatWouldDo) {
  const auto none = Microphone::create({.source = "loud"}, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), Errc::bad_config);
  EXPECT_NE(std::string(none.error().what()).find("auto, test or gst:"), std::string::npos);
  EXPECT_FALSE(Microphone::create({.source = "gst:"}, {}));
  EXPECT_FALSE(Microphone::create({.source = "gst:nosuchelement"}, {}));
  EXPECT_FALSE(Speaker::create({.sink = "gst:nosuchelement"}, {}));
}

TEST(Speaker, OfTestPlaysWhileSomebodyHasAVoice) {
  const auto speaker = Speaker::create({.sink = "test"}, [](const LogRecord&) {});
  ASSERT_TRUE(speaker) << speaker.error().what();
  EXPECT_FALSE((*speaker)->stats().running);
  auto voice = (*speaker)->open_voice();
  ASSERT_TRUE(eventually([&] { return (*speaker)->stats().running; }));
  voice->play(loud(3'277));
  EXPECT_EQ((*speaker)->stats().voices, 1);
  EXPECT_EQ((*speaker)->stats().blocks, 1);
  EXPECT_NEAR((*speaker)->stats().loudest_db, -20, 0.1);
  voice.reset();
  EXPECT_TRUE(eventually([&] { return !(*speaker)->stats().running; }));
  EXPECT_EQ((*speaker)->stats().voices, 0);
}

TEST(Speaker, ThatHangsOrFailsHoldsUpNobody) {
  const auto speaker = Speaker::create({.sink = "gst:filesink location=/nonexistent/none"}, [](const LogRecord&) {});
  ASSERT_TRUE(speaker);
  const auto voice = (*speaker)->open_voice();
  EXPECT_TRUE(eventually([&] { return (*speaker)->stats().failures >= 1; }));
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 1'000; ++i) voice->play(loud(1));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(5)) << "ten seconds of sound";
}

}  // namespace
}  // namespace rtcbot::media
