#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/fake_audio.hpp"
#include "support/fake_video.hpp"
#include "support/offers.hpp"
#include "support/pair.hpp"

namespace rtcbot::engine {
namespace {

using testing::FakeMicrophone;
using testing::FakeSpeaker;
using testing::FakeVideo;
using testing::make_side;
using testing::negotiate;
using testing::offer_named;
using testing::Side;
using testing::start_engine;
using testing::stats_of;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

using test::eventually;

/// A robot with a microphone and a speaker, and another with the same as its page.
class Audio : public ::testing::Test {
 protected:
  void connect(PeerConfig robot_config = {}) {
    robot = make_side(*engine, std::move(robot_config));
    page = make_side(*engine);
    ASSERT_TRUE(robot.peer->add_audio(robot_microphone, robot_speaker));
    ASSERT_TRUE(page.peer->add_audio(page_microphone, page_speaker));
    ASSERT_TRUE(negotiate(*page.peer, *robot.peer));
    ASSERT_TRUE(robot.seen->wait_state(State::connected));
    ASSERT_TRUE(page.seen->wait_state(State::connected));
  }

  std::shared_ptr<Engine> engine = start_engine();
  std::shared_ptr<FakeMicrophone> robot_microphone = std::make_shared<FakeMicrophone>(1'000);
  std::shared_ptr<FakeMicrophone> page_microphone = std::make_shared<FakeMicrophone>(600);
  std::shared_ptr<FakeSpeaker> robot_speaker = std::make_shared<FakeSpeaker>(600);
  std::shared_ptr<FakeSpeaker> page_speaker = std::make_shared<FakeSpeaker>(1'000);
  Side robot, page;
};

TEST_F(Audio, IsHeardBothWays) {
  connect();
  robot.peer->set_audio(true, true);
  page.peer->set_audio(true, true);
  EXPECT_TRUE(page_speaker->wait_tones(30));
  EXPECT_TRUE(robot_speaker->wait_tones(30));
  EXPECT_GT(stats_of(*robot.peer).audio_blocks_sent, 30);
  EXPECT_GT(stats_of(*robot.peer).audio_blocks_received, 30);
}

TEST_F(Audio, IsOffUntilWanted) {
  connect();
  // The page takes sound and the robot sends none.
  page.peer->set_audio(false, true);
  ASSERT_TRUE(eventually([&] { return page_speaker->voices() == 1; }));
  const auto before = stats_of(*robot.peer);
  EXPECT_EQ(before.audio_blocks_sent, 0);
  EXPECT_EQ(robot_microphone->opened(), 0);
  EXPECT_EQ(robot_speaker->voices(), 0);
  robot.peer->set_audio(true, false);
  EXPECT_TRUE(page_speaker->wait_tones(10));
  EXPECT_EQ(robot_speaker->blocks(), 0);
}

TEST_F(Audio, IsSwitchedOffAndOnAgain) {
  connect();
  page.peer->set_audio(false, true);
  for (int i = 1; i <= 3; ++i) {
    robot.peer->set_audio(true, false);
    ASSERT_TRUE(page_speaker->wait_tones(20 * i));
    EXPECT_EQ(robot_microphone->opened(), i);
    robot.peer->set_audio(false, false);
    ASSERT_TRUE(eventually([&] { return robot_microphone->open() == 0; }));
  }
}

TEST_F(Audio, OfOneWhoMayOnlyWatchIsNotPlayed) {
  connect({.watch_only = true});
  page.peer->set_audio(true, true);
  robot.peer->set_audio(true, true);
  EXPECT_TRUE(page_speaker->wait_tones(20)) << "a watcher may listen";
  EXPECT_EQ(page_microphone->opened(), 0) << "declined: the page has nobody to talk to";
  EXPECT_EQ(robot_speaker->voices(), 0);
  EXPECT_EQ(robot_speaker->blocks(), 0);
}

TEST_F(Audio, LetsGoOfItsDevicesWhenTheConnectionEnds) {
  connect();
  robot.peer->set_audio(true, true);
  page.peer->set_audio(true, true);
  ASSERT_TRUE(page_speaker->wait_tones(5));
  ASSERT_TRUE(robot_speaker->wait_tones(5));
  robot.peer->close();
  ASSERT_TRUE(page.seen->wait_state(State::closed));
  EXPECT_TRUE(eventually([&] { return robot_microphone->open() == 0 && page_microphone->open() == 0; }));
  EXPECT_TRUE(eventually([&] { return robot_speaker->voices() == 0 && page_speaker->voices() == 0; }));
}

TEST_F(Audio, IsAnsweredWhereItIsOfferedAndInItsOwnStream) {
  robot = make_side(*engine);
  ASSERT_TRUE(robot.peer->add_video(std::make_shared<FakeVideo>()));
  ASSERT_TRUE(robot.peer->add_audio(robot_microphone, robot_speaker));
  const auto made =
      testing::answer_of(*robot.peer, {Description::Type::offer, offer_named("chromium_audio_video_data")});
  ASSERT_TRUE(made) << made.error().what();
  EXPECT_TRUE(contains(made->sdp, "a=msid:rtcbot-audio ")) << made->sdp;
  EXPECT_TRUE(contains(made->sdp, "a=msid:rtcbot "));
  EXPECT_TRUE(contains(made->sdp, "opus/48000"));
  EXPECT_FALSE(contains(made->sdp, "PCMU"));
}

TEST_F(Audio, LeavesEveryOfferAnswerableAndSectionsAsTheyAre) {
  for (const std::string& name : testing::offer_names()) {
    SCOPED_TRACE(name);
    Side side = make_side(*engine);
    ASSERT_TRUE(side.peer->add_video(std::make_shared<FakeVideo>()));
    ASSERT_TRUE(side.peer->add_audio(robot_microphone, robot_speaker));
    const std::string offer = offer_named(name);
    const auto made = testing::answer_of(*side.peer, {Description::Type::offer, offer});
    ASSERT_TRUE(made) << made.error().what();
    EXPECT_EQ(contains(made->sdp, "m=audio"), contains(offer, "m=audio"));
  }
}

TEST_F(Audio, NeverAbortsAtMutatedOffers) {
  const auto names = testing::offer_names();
  std::mt19937 random(20261123);
  int answered = 0;
  for (int i = 0; i < 400; ++i) {
    const std::string offer = testing::mutated(offer_named(names[random() % names.size()]), random);
    SCOPED_TRACE(offer);
    Side side = make_side(*engine);
    ASSERT_TRUE(side.peer->add_audio(robot_microphone, robot_speaker));
    const auto made = testing::answer_of(*side.peer, {Description::Type::offer, offer});
    if (made) {
      ++answered;
    } else {
      ASSERT_EQ(made.error().code(), Errc::bad_offer) << made.error().what();
    }
  }
  EXPECT_GT(answered, 40);
}

TEST_F(Audio, IsAddedBeforeNegotiationAndOnce) {
  Side side = make_side(*engine);
  EXPECT_EQ(side.peer->add_audio(nullptr, nullptr).error().code(), Errc::bad_config);
  EXPECT_TRUE(side.peer->add_audio(robot_microphone, nullptr));
  EXPECT_TRUE(side.peer->add_audio(nullptr, robot_speaker));
  EXPECT_EQ(side.peer->add_audio(robot_microphone, nullptr).error().code(), Errc::invalid_state);
}

}  // namespace
}  // namespace rtcbot::engine
