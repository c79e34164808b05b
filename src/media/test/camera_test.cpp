#include "rtcbot/media/camera.hpp"

#include <gmock/gmock.h>

#include "rtcbot/runtime/clock.hpp"
#include "support/decoder.hpp"
#include "support/recording_sink.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;

std::shared_ptr<Camera> make_camera(CameraConfig config, LogSink log = {}) {
  auto camera = Camera::create(std::move(config), std::move(log));
  EXPECT_TRUE(camera) << camera.error().what();
  return camera ? *camera : nullptr;
}

CameraConfig small_test_picture() {
  return {.source = "test", .width = 640, .height = 480, .frame_rate = 30};
}

/// How long ago `stamp` (the low 32 bits of Unix time in ms) was.
std::int64_t age_ms(std::uint32_t stamp) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(runtime::unix_time_ms()) - stamp);
}

class EachCodec : public testing::TestWithParam<VideoCodec> {};
INSTANTIATE_TEST_SUITE_P(Camera, EachCodec, testing::Values(VideoCodec::h264, VideoCodec::vp8),
                         [](const auto& tested) { return std::string(name_of(tested.param)); });

TEST_P(EachCodec, GivesAJoiningViewerAKeyFrameThatShowsTheMomentOfCapture) {
  const auto camera = make_camera(small_test_picture());
  ASSERT_TRUE(camera->can_encode(GetParam()));
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(GetParam(), sink);
  ASSERT_TRUE(sink->wait_for_frames(5));
  const std::vector<EncodedFrame> frames = sink->frames();
  EXPECT_TRUE(frames.front().key_frame);
  EXPECT_EQ(frames.front().width, 640);
  EXPECT_EQ(frames.front().codec, GetParam());

  const std::vector<DecodedPicture> pictures = decode(frames);
  ASSERT_EQ(pictures.size(), frames.size());
  for (const DecodedPicture& picture : pictures) {
    ASSERT_TRUE(picture.time_stamp().has_value());
    EXPECT_THAT(age_ms(*picture.time_stamp()), testing::AllOf(testing::Ge(0), testing::Lt(10'000)));
  }
  EXPECT_GT(*pictures.back().time_stamp(), *pictures.front().time_stamp());
}

}  // namespace
}  // namespace rtcbot::media
