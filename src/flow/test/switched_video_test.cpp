#include "rtcbot/flow/switched_video.hpp"

#include <gmock/gmock.h>

namespace rtcbot {
namespace {

using ::testing::ElementsAre;

/// A camera whose frames the test makes.
class Source : public EncodedVideoSource {
 public:
  [[nodiscard]] bool can_encode(VideoCodec codec) const override { return codec == VideoCodec::vp8 || knows_h264; }
  void prepare(VideoCodec) override { ++prepared; }

  [[nodiscard]] std::unique_ptr<EncodedVideoTap> attach(VideoCodec, std::shared_ptr<EncodedFrameSink> viewer) override {
    class Tap : public EncodedVideoTap {
     public:
      explicit Tap(Source& source) : source_(source) {}
      ~Tap() override { source_.sink.reset(); }
      void request_key_frame(std::optional<Timestamp>) override { ++source_.key_frames; }
      void set_target(VideoTarget target) override { source_.target = target; }
      [[nodiscard]] bool leads() const override { return source_.leads; }

     private:
      Source& source_;
    };
    sink = std::move(viewer);
    return std::make_unique<Tap>(*this);
  }

  void frame() {
    if (sink)
      sink->on_frame({.owner = nullptr, .data = {}, .width = width, .sequence = ++sequence});
    else
      ++sequence;
  }

  int width = 0;
  bool knows_h264 = true;
  bool leads = false;
  int prepared = 0, key_frames = 0;
  std::int64_t sequence = 0;
  std::optional<VideoTarget> target;
  std::shared_ptr<EncodedFrameSink> sink;
};

class Viewer : public EncodedFrameSink {
 public:
  [[nodiscard]] bool has_room(Timestamp) override { return room; }
  void on_frame(const EncodedFrame& frame) override { seen.emplace_back(frame.width, frame.sequence); }

  [[nodiscard]] ViewerPriority priority() const override { return standing; }

  bool room = true;
  ViewerPriority standing{};
  std::vector<std::pair<int, std::int64_t>> seen;
};

class SwitchedVideoTest : public ::testing::Test {
 protected:
  SwitchedVideoTest() {
    front->width = 1;
    rear->width = 2;
    rear->sequence = 1'000;
  }
  const std::shared_ptr<Source> front = std::make_shared<Source>(), rear = std::make_shared<Source>();
  const std::shared_ptr<Viewer> viewer = std::make_shared<Viewer>();
  SwitchedVideo video{{front, rear}};
};

TEST_F(SwitchedVideoTest, ShowsOneAndThenTheOtherAsOneStream) {
  const auto tap = video.attach(VideoCodec::h264, viewer);
  front->frame();
  front->frame();
  video.show(1);
  EXPECT_EQ(front->sink, nullptr) << "what is not shown is not encoded";
  rear->frame();
  rear->frame();
  video.show(0);
  front->frame();
  EXPECT_THAT(viewer->seen,
              ElementsAre(std::pair(1, 0), std::pair(1, 1), std::pair(2, 2), std::pair(2, 3), std::pair(1, 4)));
}

TEST_F(SwitchedVideoTest, AMissedFrameStaysAGap) {
  const auto tap = video.attach(VideoCodec::h264, viewer);
  front->frame();
  ++front->sequence;
  front->frame();
  EXPECT_EQ(viewer->seen.back().second, 2);
}

TEST_F(SwitchedVideoTest, TheNewCameraIsToldWhatTheLinkCarries) {
  const auto tap = video.attach(VideoCodec::h264, viewer);
  tap->set_target({.bitrate = DataRate::kilobits_per_second(700)});
  video.show(1);
  ASSERT_TRUE(rear->target);
  EXPECT_EQ(rear->target->bitrate, DataRate::kilobits_per_second(700));
  tap->request_key_frame();
  EXPECT_EQ(rear->key_frames, 1);
  EXPECT_EQ(front->key_frames, 0);
  viewer->room = false;
  EXPECT_FALSE(rear->sink->has_room(Timestamp()));
}

TEST_F(SwitchedVideoTest, WhatIsChosenBeforeSomebodyLooksIsShownThen) {
  video.show(1);
  video.prepare(VideoCodec::h264);
  EXPECT_EQ(rear->prepared, 1);
  const auto tap = video.attach(VideoCodec::h264, viewer);
  EXPECT_NE(rear->sink, nullptr);
}

TEST_F(SwitchedVideoTest, ATapThatEndsEndsAll) {
  auto tap = video.attach(VideoCodec::h264, viewer);
  tap.reset();
  EXPECT_EQ(front->sink, nullptr);
  video.show(1);
  EXPECT_EQ(rear->sink, nullptr);
}

TEST_F(SwitchedVideoTest, OtherIndicesChangeNothing) {
  const auto tap = video.attach(VideoCodec::h264, viewer);
  video.show(7);
  video.show(0);
  front->frame();
  EXPECT_EQ(viewer->seen.size(), 1U);
}

TEST_F(SwitchedVideoTest, TheCodecIsOneThatAllKnow) {
  rear->knows_h264 = false;
  EXPECT_FALSE(video.can_encode(VideoCodec::h264));
  EXPECT_TRUE(video.can_encode(VideoCodec::vp8));
}

TEST_F(SwitchedVideoTest, KeepsTheViewersRankAtEachCamera) {
  const auto tap = video.attach(VideoCodec::h264, viewer);
  viewer->standing = {.drives = true, .since = Timestamp(std::chrono::seconds(7))};
  EXPECT_EQ(front->sink->priority(), viewer->standing);
  front->leads = true;
  EXPECT_TRUE(tap->leads());
  video.show(1);
  EXPECT_FALSE(tap->leads()) << "that was at the other camera";
  EXPECT_EQ(rear->sink->priority(), viewer->standing);
  viewer->standing.drives = false;
  EXPECT_FALSE(rear->sink->priority().drives) << "the seat may go at any time";
}

}  // namespace
}  // namespace rtcbot
