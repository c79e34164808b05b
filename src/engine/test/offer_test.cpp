#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "support/fake_video.hpp"
#include "support/offers.hpp"
#include "support/pair.hpp"

namespace rtcbot::engine {
namespace {

using testing::answer_of;
using testing::FakeVideo;
using testing::make_side;
using testing::offer_named;
using testing::Side;
using testing::start_engine;

class Offer : public ::testing::Test {
 protected:
  Result<Description> answer(const std::string& sdp,
                             std::set<VideoCodec> codecs = {VideoCodec::h264, VideoCodec::vp8}) {
    side = make_side(*engine);
    if (!codecs.empty()) {
      EXPECT_TRUE(side.peer->add_video(std::make_shared<FakeVideo>(std::move(codecs))));
    }
    return answer_of(*side.peer, {Description::Type::offer, sdp});
  }

  std::shared_ptr<Engine> engine = start_engine();
  Side side;
};

/// The section of the n-th m= line.
std::string section(const std::string& sdp, int n) {
  std::size_t at = 0;
  for (int i = 0; i <= n && at != std::string::npos; ++i) at = sdp.find("\r\nm=", at) + 2;
  return sdp.substr(at, sdp.find("\r\nm=", at) - at);
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST_F(Offer, OfEveryKindIsAnsweredWithTheSameSectionsAndCandidates) {
  for (const std::string& name : testing::offer_names()) {
    SCOPED_TRACE(name);
    const std::string offer = offer_named(name);
    const auto made = answer(offer);
    ASSERT_TRUE(made) << made.error().what();
    EXPECT_EQ(made->type, Description::Type::answer);
    EXPECT_EQ(count(made->sdp, "\r\nm="), count(offer, "\r\nm="));
    EXPECT_TRUE(contains(made->sdp, "a=candidate:")) << "the answer is complete: nothing is trickled after it";
    EXPECT_FALSE(contains(made->sdp, " tcp "));
  }
}

TEST_F(Offer, OfEveryKindIsAnsweredWithoutACameraToo) {
  for (const std::string& name : testing::offer_names()) {
    SCOPED_TRACE(name);
    const auto made = answer(offer_named(name), {});
    ASSERT_TRUE(made) << made.error().what();
    EXPECT_FALSE(contains(made->sdp, "a=sendonly"));
  }
}

TEST_F(Offer, GetsVideoWithFeedbackAndPlayoutDelay) {
  const auto made = answer(offer_named("chromium_video_data"));
  ASSERT_TRUE(made);
  const std::string video = section(made->sdp, 0);
  ASSERT_TRUE(video.starts_with("m=video")) << video;
  EXPECT_TRUE(contains(video, "a=sendonly"));
  EXPECT_TRUE(contains(video, "transport-wide-cc-extensions"));
  EXPECT_TRUE(contains(video, "transport-cc"));
  EXPECT_TRUE(contains(video, "rtp-hdrext/playout-delay"));
  EXPECT_TRUE(contains(video, "rtx/90000"));
}

TEST_F(Offer, GetsH264FirstWhateverItsOwnOrder) {
  for (const char* name : {"chromium_video_data", "chromium_vp8_first", "aiortc_video_data"}) {
    SCOPED_TRACE(name);
    const auto made = answer(offer_named(name));
    ASSERT_TRUE(made);
    const std::size_t h264 = made->sdp.find("H264/90000");
    const std::size_t vp8 = made->sdp.find("VP8/90000");
    ASSERT_NE(h264, std::string::npos);
    EXPECT_LT(h264, vp8);
    const std::string fmtp = made->sdp.substr(made->sdp.find("profile-level-id="), 23);
    EXPECT_EQ(fmtp, "profile-level-id=42e01f");
  }
}

TEST_F(Offer, GetsOnlyWhatTheSourceCanEncode) {
  const auto made = answer(offer_named("chromium_video_data"), {VideoCodec::vp8});
  ASSERT_TRUE(made) << made.error().what();
  EXPECT_TRUE(contains(made->sdp, "VP8/90000"));
  EXPECT_FALSE(contains(made->sdp, "H264/90000"));
}

TEST_F(Offer, WithoutACommonCodecGetsNoVideoButItsDataChannel) {
  const auto made = answer(offer_named("chromium_vp8_only"), {VideoCodec::h264});
  ASSERT_TRUE(made) << made.error().what();
  EXPECT_TRUE(contains(made->sdp, "m=video 0 "));
  EXPECT_TRUE(contains(made->sdp, "webrtc-datachannel"));
}

TEST_F(Offer, ToSendMediaIsAnsweredInactive) {
  const auto made = answer(offer_named("chromium_sendonly"));
  ASSERT_TRUE(made);
  EXPECT_EQ(count(made->sdp, "a=inactive"), 2U);
}

TEST_F(Offer, OfAudioAndVideoGetsInactiveAudio) {
  const auto made = answer(offer_named("chromium_audio_video_data"));
  ASSERT_TRUE(made);
  EXPECT_EQ(count(made->sdp, "a=inactive"), 1U);
  EXPECT_EQ(count(made->sdp, "a=sendonly"), 1U);
}

TEST_F(Offer, OfAiortcsOldFormGetsADataChannel) {
  const auto made = answer(offer_named("aiortc_data"));
  ASSERT_TRUE(made) << made.error().what();
  EXPECT_TRUE(contains(made->sdp, "DTLS/SCTP 5000")) << made->sdp;
}

TEST_F(Offer, ThatIsNoSdpIsRefusedWithTheLine) {
  const auto made = answer("v=0\r\nnonsense\r\n");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Errc::bad_offer);
  EXPECT_TRUE(contains(made.error().what(), "nonsense"));
  EXPECT_TRUE(side.seen->wait_state(State::failed)) << "a refused offer leaves nothing to do";
}

TEST_F(Offer, ThatIsAnAnswerIsRefused) {
  side = make_side(*engine);
  const auto made = answer_of(*side.peer, {Description::Type::answer, offer_named("chromium_data")});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Errc::bad_offer);
}

TEST_F(Offer, WithASectionOfAnUnknownKindIsRefused) {
  std::string offer = offer_named("aiortc_video_data");
  offer.replace(offer.find("m=application"), 13, "m=application2");
  const auto made = answer(offer);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code(), Errc::bad_offer);
}

TEST_F(Offer, IsAnsweredOnlyOnce) {
  ASSERT_TRUE(answer(offer_named("chromium_data")));
  const auto again = answer_of(*side.peer, {Description::Type::offer, offer_named("chromium_data")});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Errc::invalid_state);
}

/// Each is an answer or a refusal, never an abort of libwebrtc. RTCBOT_MUTATIONS asks for more than 1000.
TEST_F(Offer, MutatedAThousandTimesNeverAborts) {
  const char* asked = std::getenv("RTCBOT_MUTATIONS");
  const int rounds = asked != nullptr ? std::atoi(asked) : 1000;
  const auto names = testing::offer_names();
  std::mt19937 random(20261122);
  int answered = 0;
  int refused = 0;
  for (int i = 0; i < rounds; ++i) {
    const std::string offer = testing::mutated(offer_named(names[random() % names.size()]), random);
    SCOPED_TRACE(offer);
    const auto made = answer(offer);
    if (!made) {
      ASSERT_EQ(made.error().code(), Errc::bad_offer) << made.error().what();
    }
    (made ? answered : refused) += 1;
  }
  EXPECT_GT(answered, rounds / 10);
  EXPECT_GT(refused, rounds / 10);
  RecordProperty("answered", answered);
}

}  // namespace
}  // namespace rtcbot::engine
