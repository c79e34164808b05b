#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "encoder_choice.hpp"
#include "planes.hpp"
#include "rtcbot/media/camera.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "shared_encoder.hpp"
#include "support/decoder.hpp"
#include "support/recording_sink.hpp"

namespace rtcbot::media {
namespace {

constexpr int kWidth = 640;
constexpr DataRate kPlenty = DataRate::kilobits_per_second(2'500);
constexpr DataRate kLittle = DataRate::kilobits_per_second(150);

/// A camera with viewers, who are patient: the decision to resize takes seconds by itself.
struct Show {
  explicit Show(VideoCodec shown) : codec(shown) {
    camera = *Camera::create({.source = "test:busy", .width = kWidth, .height = 480, .frame_rate = 30});
  }
  /// Whether a frame of another width than `width` came, as an index.
  static std::optional<std::size_t> wait_for_other_width(RecordingSink& sink, int width, std::size_t from = 0) {
    const auto until = std::chrono::steady_clock::now() + kTimeout;
    while (std::chrono::steady_clock::now() < until) {
      if (!sink.wait_for_frames(sink.count() + 1)) break;
      const auto frames = sink.frames();
      for (std::size_t i = from; i < frames.size(); ++i) {
        if (frames[i].width != width) return i;
      }
    }
    return std::nullopt;
  }
  VideoCodec codec;
  std::shared_ptr<Camera> camera;
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
};

class Resizing : public testing::TestWithParam<VideoCodec> {};
INSTANTIATE_TEST_SUITE_P(Camera, Resizing, testing::Values(VideoCodec::h264, VideoCodec::vp8),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST_P(Resizing, ShowsASmallerPictureOnAThinLinkFromAKeyFrameOn) {
  Show show(GetParam());
  const auto tap = show.camera->attach(show.codec, show.sink);
  tap->set_target({kLittle, 30});
  const auto smaller = Show::wait_for_other_width(*show.sink, kWidth);
  ASSERT_TRUE(smaller.has_value());
  ASSERT_TRUE(show.sink->wait_for_frames(*smaller + 5));
  const auto frames = show.sink->frames();
  EXPECT_TRUE(frames[*smaller].key_frame);
  EXPECT_EQ(frames[*smaller].width, kWidth / 2);
  EXPECT_EQ(frames[*smaller].height, 240);
  for (std::size_t i = 1; i < frames.size(); ++i) EXPECT_EQ(frames[i].sequence, frames[i - 1].sequence + 1);

  const auto pictures = decode(frames);
  ASSERT_EQ(pictures.size(), frames.size()) << "no frame is missing to the decoder";
  EXPECT_EQ(pictures.back().width, kWidth / 2);
  for (const DecodedPicture& picture : pictures) EXPECT_TRUE(picture.time_stamp(kWidth).has_value()) << picture.width;
  EXPECT_GT(*pictures.back().time_stamp(kWidth), *pictures.front().time_stamp(kWidth));
}

TEST_P(Resizing, GivesAJoinerTheSizeOfTheDriver) {
  Show show(GetParam());
  const auto tap = show.camera->attach(show.codec, show.sink);
  tap->set_target({kLittle, 30});
  ASSERT_TRUE(Show::wait_for_other_width(*show.sink, kWidth).has_value());
  const auto joiner = std::make_shared<RecordingSink>();
  const auto second = show.camera->attach(show.codec, joiner);
  second->set_target({kPlenty, 30});
  ASSERT_TRUE(joiner->wait_for_frames(3));
  EXPECT_TRUE(joiner->frames().front().key_frame);
  EXPECT_LT(joiner->frames().front().width, kWidth);
}

TEST(ResizedCamera, ASlowSecondViewerDoesNotMakeTheDriversPictureSmaller) {
  Show show(VideoCodec::h264);
  const auto driver = show.camera->attach(show.codec, show.sink);
  const auto second_sink = std::make_shared<RecordingSink>();
  const auto second = show.camera->attach(show.codec, second_sink);
  driver->set_target({kPlenty, 30});
  second->set_target({kLittle, 30});
  ASSERT_TRUE(show.sink->wait_for_frames(100));  // well past the time in which the driver's own link would have
  const auto frames = show.sink->frames();
  EXPECT_TRUE(std::all_of(frames.begin(), frames.end(), [](const auto& frame) { return frame.width == kWidth; }));
  EXPECT_GT(show.sink->bytes_from(50), std::size_t{50} * 150'000 / 8 / 30) << "nor its rate that of the second";
}

TEST(ResizedCamera, TheLinkOfTheOneWhoDrivesDecidesOnTheSizeForAll) {
  Show show(VideoCodec::h264);
  show.sink->set_priority({.drives = false, .since = Timestamp(std::chrono::seconds(1))});
  const auto first = show.camera->attach(show.codec, show.sink);
  first->set_target({kPlenty, 30});
  ASSERT_TRUE(show.sink->wait_for_frames(30));
  const auto driver_sink = std::make_shared<RecordingSink>();
  driver_sink->set_priority({.drives = true, .since = Timestamp(std::chrono::seconds(2))});
  const auto driver = show.camera->attach(show.codec, driver_sink);
  driver->set_target({kLittle, 30});
  EXPECT_TRUE(Show::wait_for_other_width(*show.sink, kWidth).has_value()) << "although who came first had room";
}

TEST(ResizedCamera, EverySoftwareEncoderTakesAScaledPicture) {
  const EncoderSettings settings{.width = kWidth,
                                 .height = 480,
                                 .bitrate = DataRate::kilobits_per_second(300),
                                 .scaled_to = PictureSize{240, 180}};
  for (const char* name : {"x264enc", "openh264enc"}) {
    const auto tried = try_encoder(encoder_candidates(VideoCodec::h264, name).front(), settings);
    EXPECT_TRUE(tried) << name << ": " << tried.error().what();
  }
  EXPECT_TRUE(try_encoder(encoder_candidates(VideoCodec::vp8, "vp8enc").front(), settings));
}

TEST(ResizedCamera, AnEncoderThatMakesNoOtherSizeGoesOnAtFullSize) {
  EncoderRow stubborn = encoder_candidates(VideoCodec::h264, "x264enc").front();
  stubborn.after = "video/x-h264,stream-format=byte-stream,alignment=au,width=128";
  CameraDiary diary;
  auto encoder = std::make_shared<SharedEncoder>(
      VideoCodec::h264,
      EncoderSettings{.width = 128, .height = 96, .frame_rate = 30, .bitrate = DataRate::kilobits_per_second(50)},
      std::make_shared<EncoderChoice>(std::map<VideoCodec, std::vector<EncoderRow>>{{VideoCodec::h264, {stubborn}}},
                                      LogSink()),
      [&diary](const LogRecord& record) { diary.note(record.message); }, [] {});
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = encoder->attach(sink);
  tap->set_target({DataRate::kilobits_per_second(20), 30});  // 128x96 is for more than 27
  PicturePool pool(128, 96);
  const auto feed_until = [&](const auto& done) {
    const auto until = std::chrono::steady_clock::now() + kTimeout;
    while (!done() && std::chrono::steady_clock::now() < until) {
      I420Planes planes;
      RawFrame frame = pool.take(planes);
      std::memset(planes.y, 90, i420_size(128, 96));
      frame.captured_at = runtime::now();
      encoder->on_picture(frame);
      encoder->maintain(runtime::now(), true);
      std::this_thread::yield();
    }
    return done();
  };
  EXPECT_TRUE(feed_until([&] { return diary.size() > 0; }));
  EXPECT_TRUE(diary.wait_for("continues at full size"));
  const std::size_t before = sink->count();
  EXPECT_TRUE(feed_until([&] { return sink->count() >= before + 3; }));
  EXPECT_EQ(sink->frames().back().width, 128);
  EXPECT_EQ(encoder->stats().encoder, "x264enc");
  encoder->stop();
}

}  // namespace
}  // namespace rtcbot::media
