#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "support/fake_video.hpp"
#include "support/pair.hpp"
#include "support/viewer.hpp"

namespace rtcbot::engine {
namespace {

using testing::FakeVideo;
using testing::make_side;
using testing::Side;
using testing::start_engine;
using testing::Viewer;

/// A camera that runs at about 60 pictures a second.
class RunningVideo : public FakeVideo {
 public:
  using FakeVideo::FakeVideo;
  ~RunningVideo() override {
    ends_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> ends_{false};
  std::thread thread_{[this] {
    while (!ends_) {
      give_picture();
      std::this_thread::sleep_for(std::chrono::milliseconds(16));  // The rate of pictures, not a wait for something.
    }
  }};
};

class Video : public ::testing::Test {
 protected:
  void connect(Viewer& viewer, const std::shared_ptr<EncodedVideoSource>& source) {
    ASSERT_TRUE(robot.peer->add_video(source));
    ASSERT_TRUE(viewer.connect_to(*robot.peer));
    ASSERT_TRUE(robot.seen->wait_state(State::connected));
  }

  std::shared_ptr<Engine> engine = start_engine();
  Side robot = make_side(*engine);
};

TEST_F(Video, IsDecodedByTheViewerAsH264) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<RunningVideo>();
  connect(viewer, video);
  EXPECT_TRUE(viewer.wait_pictures(20));
  const Stats stats = testing::stats_of(*robot.peer);
  EXPECT_EQ(stats.codec, "H264");
  EXPECT_GE(stats.frames_sent, 20);
  EXPECT_GE(stats.key_frames_sent, 1);
  EXPECT_GT(stats.bytes_sent, 0);
  EXPECT_FALSE(stats.path.empty());
}

TEST_F(Video, IsDecodedByAViewerThatKnowsOnlyVp8) {
  Viewer viewer(Viewer::Order::vp8_only);
  const auto video = std::make_shared<RunningVideo>();
  connect(viewer, video);
  EXPECT_TRUE(viewer.wait_pictures(20));
  EXPECT_EQ(testing::stats_of(*robot.peer).codec, "VP8");
}

TEST_F(Video, IsH264EvenIfTheViewerPutsVp8First) {
  Viewer viewer(Viewer::Order::vp8_first);
  const auto video = std::make_shared<FakeVideo>();
  connect(viewer, video);
  ASSERT_TRUE(video->wait_attached(1));
  EXPECT_EQ(video->attached_codecs(), std::vector{VideoCodec::h264});
}

TEST_F(Video, IsRefusedWithTheNamesOfItsFormatsIfTheViewerPlaysNoneOfThem) {
  Viewer viewer(Viewer::Order::vp8_only);
  const auto video = std::make_shared<FakeVideo>(std::set{VideoCodec::h264});
  ASSERT_TRUE(robot.peer->add_video(video));
  const auto answer = testing::answer_of(*robot.peer, viewer.offer());
  ASSERT_TRUE(answer);
  const auto formats = answer->sdp.find("\r\na=x-rtcbot-formats:H264\r\n");
  ASSERT_NE(formats, std::string::npos) << answer->sdp;
  EXPECT_LT(formats, answer->sdp.find("\r\nm=")) << "it is of the whole session";
  viewer.accept(*answer);
  EXPECT_TRUE(robot.seen->wait_open("default")) << "messages go all the same";
  EXPECT_TRUE(video->attached_codecs().empty());
}

TEST_F(Video, IsVp8IfTheSourceHasNoH264Encoder) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<FakeVideo>(std::set{VideoCodec::vp8});
  connect(viewer, video);
  ASSERT_TRUE(video->wait_attached(1));
  EXPECT_EQ(video->attached_codecs(), std::vector{VideoCodec::vp8});
}

TEST_F(Video, IsRefusedFromASourceThatEncodesNothing) {
  const auto added = robot.peer->add_video(std::make_shared<FakeVideo>(std::set<VideoCodec>{}));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code(), Errc::no_encoder);
}

TEST_F(Video, IsNotEncodedForAViewerThatAskedForNone) {
  Viewer viewer(Viewer::Order::no_video);
  const auto video = std::make_shared<FakeVideo>();
  connect(viewer, video);
  ASSERT_TRUE(robot.seen->wait_open("default"));
  EXPECT_TRUE(video->attached_codecs().empty());
}

TEST_F(Video, IsPreparedAtTheAnswerAndAttachedOnlyWhenConnected) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<FakeVideo>();
  ASSERT_TRUE(robot.peer->add_video(video));
  const auto answer = testing::answer_of(*robot.peer, viewer.offer());
  ASSERT_TRUE(answer);
  EXPECT_TRUE(video->is_prepared());
  EXPECT_TRUE(video->attached_codecs().empty());
  viewer.accept(*answer);
  EXPECT_TRUE(video->wait_attached(1));
}

TEST_F(Video, IsDetachedWhenClosed) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<RunningVideo>();
  connect(viewer, video);
  ASSERT_TRUE(viewer.wait_pictures(1));
  robot.peer->close();
  EXPECT_TRUE(video->wait_attached(0));
}

TEST_F(Video, IsDetachedWhenThePeerIsDestroyed) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<RunningVideo>();
  connect(viewer, video);
  ASSERT_TRUE(viewer.wait_pictures(1));
  robot.peer.reset();
  EXPECT_TRUE(video->attached_codecs().empty());
}

TEST_F(Video, AsksForAKeyFrameAfterALostPictureAndGoesOn) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<RunningVideo>();
  connect(viewer, video);
  ASSERT_TRUE(viewer.wait_pictures(5));
  const int before = video->key_requests();
  video->skip_picture();
  ASSERT_TRUE(video->wait_key_request());
  EXPECT_TRUE(viewer.wait_pictures(60));
  EXPECT_LE(video->key_requests() - before, 4) << "a storm of requests spoils the picture for the others";
  EXPECT_GE(testing::stats_of(*robot.peer).frames_dropped_before_sending, 1);
}

TEST_F(Video, TellsTheEncoderTheGrantedRate) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<RunningVideo>();
  connect(viewer, video);
  ASSERT_TRUE(video->wait_target());
  EXPECT_GE(video->last_target(), DataRate::kilobits_per_second(100));
  EXPECT_LE(video->last_target(), DataRate::kilobits_per_second(8000));
}

TEST_F(Video, StopsWhileTheViewerIsSilentAndResumes) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<RunningVideo>();
  connect(viewer, video);
  ASSERT_TRUE(viewer.wait_pictures(5));
  viewer.freeze();
  ASSERT_TRUE(robot.seen->wait_state(State::interrupted));
  EXPECT_TRUE(video->wait_attached(0));
  viewer.thaw();
  ASSERT_TRUE(robot.seen->wait_state(State::connected));
  EXPECT_TRUE(video->wait_attached(1));
  EXPECT_TRUE(viewer.wait_pictures(60));
}

TEST_F(Video, OfTheOlderConnectionStaysTheOldersWhenItWasSilent) {
  const auto video = std::make_shared<RunningVideo>();
  Viewer first(Viewer::Order::h264_first);
  Viewer second(Viewer::Order::h264_first);
  Side other = make_side(*engine);
  connect(first, video);
  ASSERT_TRUE(video->wait_attached(1));
  ASSERT_TRUE(other.peer->add_video(video));
  ASSERT_TRUE(second.connect_to(*other.peer));
  ASSERT_TRUE(video->wait_attached(2));
  first.freeze();
  ASSERT_TRUE(video->wait_attached(1));
  first.thaw();
  ASSERT_TRUE(video->wait_attached(2));
  const auto priorities = video->priorities();
  EXPECT_TRUE(priorities[1].is_above(priorities[0])) << "attached last, and connected first";
}

TEST_F(Video, OfTheDriverSaysSoFromWhenItWasSaidUntilItIsTakenBack) {
  Viewer viewer(Viewer::Order::h264_first);
  const auto video = std::make_shared<RunningVideo>();
  robot.peer->set_drives(true);
  connect(viewer, video);
  ASSERT_TRUE(video->wait_attached(1));
  EXPECT_TRUE(video->priorities()[0].drives) << "though it was said before there was a video";
  EXPECT_TRUE(testing::stats_of(*robot.peer).leads);
  robot.peer->set_drives(false);
  static_cast<void>(testing::stats_of(*robot.peer));  // comes after it
  EXPECT_FALSE(video->priorities()[0].drives);
}

TEST_F(Video, OneSourceServesSeveralViewers) {
  const auto video = std::make_shared<RunningVideo>();
  Viewer first(Viewer::Order::h264_first);
  Viewer second(Viewer::Order::vp8_only);
  Side other = make_side(*engine);
  connect(first, video);
  ASSERT_TRUE(other.peer->add_video(video));
  ASSERT_TRUE(second.connect_to(*other.peer));
  EXPECT_TRUE(first.wait_pictures(10));
  EXPECT_TRUE(second.wait_pictures(10));
}

}  // namespace
}  // namespace rtcbot::engine
