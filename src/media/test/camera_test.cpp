#include "rtcbot/media/camera.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

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

/// What is opened anew begins with a key frame: a machine that pauses must not make a camera look frozen.
constexpr milliseconds kNeverFrozen(10'000);

CameraConfig small_test_picture() {
  return {.source = "test", .width = 640, .height = 480, .frame_rate = 30, .frozen_after = kNeverFrozen};
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

TEST_P(EachCodec, EncodesOnceHoweverManyWatch) {
  const auto camera = make_camera(small_test_picture());
  const auto first = std::make_shared<RecordingSink>();
  const auto second = std::make_shared<RecordingSink>();
  const auto first_tap = camera->attach(GetParam(), first);
  ASSERT_TRUE(first->wait_for_frames(3));
  const auto second_tap = camera->attach(GetParam(), second);
  ASSERT_TRUE(second->wait_for_frames(5));
  EXPECT_EQ(camera->stats().viewers, 2);
  EXPECT_TRUE(second->frames().front().key_frame);
  // What the second got is what the first got: the same bytes, not a second encode.
  const EncodedFrame shared = second->frames()[3];
  ASSERT_TRUE(first->wait_for_frames(static_cast<std::size_t>(shared.sequence) + 1));
  EXPECT_EQ(first->frames().at(static_cast<std::size_t>(shared.sequence)).data.data(), shared.data.data());
  EXPECT_LE(camera->stats().frames_encoded, camera->stats().frames_captured + 2);
}

TEST_P(EachCodec, NumbersFramesWithoutAGap) {
  const auto camera = make_camera(small_test_picture());
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(GetParam(), sink);
  ASSERT_TRUE(sink->wait_for_frames(10));
  const auto frames = sink->frames();
  for (std::size_t i = 1; i < frames.size(); ++i) {
    EXPECT_EQ(frames[i].sequence, frames[i - 1].sequence + 1);
    EXPECT_GE(frames[i].captured_at, frames[i - 1].captured_at);
  }
}

TEST_P(EachCodec, MakesAKeyFrameOnlyWhenAskedAndThenSoon) {
  const auto camera = make_camera(small_test_picture());
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(GetParam(), sink);
  ASSERT_TRUE(sink->wait_for_frames(10));
  EXPECT_EQ(camera->stats().key_frames_encoded, 1);
  const std::size_t asked_at = sink->count();
  tap->request_key_frame();
  tap->request_key_frame();
  const std::size_t asked_by = sink->count();
  ASSERT_TRUE(sink->wait_for_key_frame(asked_at).has_value());
  const auto frames = sink->frames();
  std::size_t key = asked_at;
  while (!frames[key].key_frame) ++key;
  EXPECT_LE(key, asked_by + 1) << "one picture may have been inside when it was asked for";
  ASSERT_TRUE(sink->wait_for_frames(key + 8));
  EXPECT_EQ(camera->stats().key_frames_encoded, 2) << "requests that meet count once";
  // The key frame and what follows decode from nothing.
  const auto later = sink->frames();
  const std::span<const EncodedFrame> from_key(later.begin() + static_cast<std::ptrdiff_t>(key), 5);
  EXPECT_EQ(decode(from_key).size(), 5U);
}

TEST_P(EachCodec, FollowsTheLeadersBitrateWithoutAKeyFrame) {
  const auto camera =
      make_camera({.source = "test:busy", .width = 640, .height = 480, .frame_rate = 30, .frozen_after = kNeverFrozen});
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(GetParam(), sink);
  tap->set_target({DataRate::kilobits_per_second(2'000), 30});
  ASSERT_TRUE(sink->wait_for_frames(45));
  const auto average = [&](std::size_t from, std::size_t to) {
    std::size_t sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += sink->frames()[i].data.size();
    return sum / (to - from);
  };
  tap->set_target({DataRate::kilobits_per_second(700), 30});  // still enough for this size
  ASSERT_TRUE(sink->wait_for_frames(100));
  EXPECT_LT(2 * average(70, 100), average(15, 45));
  EXPECT_EQ(camera->stats().key_frames_encoded, 1);
}

TEST(Camera, EncodesNothingAndClosesWhenNobodyWatches) {
  CameraConfig config = small_test_picture();
  config.linger = milliseconds(200);
  CameraDiary diary;
  const auto camera = make_camera(config);
  camera->on_state([&](CameraState state, const Error*) { diary.note(name_of(state)); });
  const auto sink = std::make_shared<RecordingSink>();
  auto tap = camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(sink->wait_for_frames(3));
  tap.reset();
  const auto encoded = camera->stats().frames_encoded;
  ASSERT_TRUE(diary.wait_for("closed"));
  EXPECT_LE(camera->stats().frames_encoded, encoded + 1) << "one may have been inside";
  EXPECT_EQ(camera->stats().encoder, "");
  EXPECT_EQ(camera->stats().viewers, 0);
}

TEST(Camera, CapturesForASubscriberWithoutEncoding) {
  const auto camera = make_camera(small_test_picture());
  CameraDiary diary;
  auto subscription = camera->subscribe([&](const RawFrame& frame) {
    const auto stamp_row = frame.y.first(static_cast<std::size_t>(frame.stride_y));
    diary.note(std::to_string(stamp_row.size()) + "x" + std::to_string(frame.height));
  });
  ASSERT_TRUE(diary.wait_for("640x480", 3));
  EXPECT_EQ(camera->stats().frames_encoded, 0);
  subscription.reset();
  const std::size_t seen = diary.size();
  const auto captured = camera->stats().frames_captured;
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(VideoCodec::vp8, sink);
  ASSERT_TRUE(sink->wait_for_frames(3));
  EXPECT_GT(camera->stats().frames_captured, captured);
  EXPECT_EQ(diary.size(), seen) << "the subscription has ended";
}

TEST(Camera, DropsPicturesBeforeEncodingWhileTheLeaderHasNoRoom) {
  const auto camera = make_camera(small_test_picture());
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(sink->wait_for_frames(2));
  sink->set_room(false);
  ASSERT_TRUE(sink->wait_for_questions(sink->asked() + 2));  // The one in progress is over.
  const auto before = camera->stats();
  ASSERT_TRUE(sink->wait_for_questions(sink->asked() + 10));
  const auto after = camera->stats();
  EXPECT_LE(after.frames_encoded, before.frames_encoded + 1);
  EXPECT_GE(after.frames_dropped_before_encoding, before.frames_dropped_before_encoding + 9);
  sink->set_room(true);
  EXPECT_TRUE(sink->wait_for_frames(sink->count() + 5));
}

TEST(Camera, AStalledViewerDoesNotStopTheOthers) {
  const auto camera = make_camera(small_test_picture());
  const auto stalled = std::make_shared<RecordingSink>();
  const auto lively = std::make_shared<RecordingSink>();
  const auto first = camera->attach(VideoCodec::h264, stalled);
  ASSERT_TRUE(stalled->wait_for_frames(2));
  const auto second = camera->attach(VideoCodec::h264, lively);
  ASSERT_TRUE(lively->wait_for_frames(2));
  stalled->set_room(false);
  EXPECT_TRUE(lively->wait_for_frames(lively->count() + 30));
}

TEST(Camera, AZeroBitrateMeansNoRoom) {
  const auto camera = make_camera(small_test_picture());
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(sink->wait_for_frames(2));
  tap->set_target({DataRate(), 30});
  ASSERT_TRUE(sink->wait_for_questions(sink->asked() + 3));
  const auto encoded = camera->stats().frames_encoded;
  ASSERT_TRUE(sink->wait_for_questions(sink->asked() + 10));
  EXPECT_LE(camera->stats().frames_encoded, encoded + 1);
}

TEST(Camera, ThinsToTheFrameRateThatIsWanted) {
  const auto camera = make_camera(small_test_picture());
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(VideoCodec::h264, sink);
  tap->set_target({DataRate::kilobits_per_second(500), 10});
  ASSERT_TRUE(sink->wait_for_frames(12));
  const auto frames = sink->frames();
  EXPECT_GE(frames[11].captured_at - frames[2].captured_at, milliseconds(800));
}

/// The time from attaching to the first frame, on a camera that runs already.
milliseconds time_to_first_frame(Camera& camera, VideoCodec codec) {
  const auto sink = std::make_shared<RecordingSink>();
  const auto start = std::chrono::steady_clock::now();
  const auto tap = camera.attach(codec, sink);
  if (!sink->wait_for_frames(1)) return std::chrono::duration_cast<milliseconds>(kTimeout);
  return std::chrono::duration_cast<milliseconds>(sink->arrived(0) - start);
}

TEST(Camera, DoesNotKeepAJoinerWaitingForASlowCamera) {
  CameraConfig config = small_test_picture();
  config.frame_rate = 2;
  config.frozen_after = milliseconds(5'000);
  const auto camera = make_camera(config);
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(sink->wait_for_frames(1));
  std::vector<milliseconds> times;
  for (int i = 0; i < 5; ++i) times.push_back(time_to_first_frame(*camera, VideoCodec::h264));
  std::sort(times.begin(), times.end());
  EXPECT_LT(times[2], milliseconds(250)) << "half of this camera's frame interval";
}

TEST(Camera, TakesPicturesThatTheProgramPushes) {
  const auto camera = make_camera({.source = "push", .width = 64, .height = 48});
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = camera->attach(VideoCodec::vp8, sink);
  const std::vector<std::uint8_t> grey(64 * 48 * 3 / 2, 90);
  const auto until = std::chrono::steady_clock::now() + kTimeout;
  while (sink->count() < 3 && std::chrono::steady_clock::now() < until) {
    ASSERT_TRUE(camera->push(grey, runtime::now()));
    std::this_thread::yield();
  }
  ASSERT_TRUE(sink->wait_for_frames(3));
  const auto pictures = decode(sink->frames());
  ASSERT_FALSE(pictures.empty());
  EXPECT_EQ(pictures[0].width, 64);
  EXPECT_NEAR(pictures[0].luma[100], 90, 4);
}

TEST(Camera, RefusesAPushThatDoesNotFit) {
  const auto camera = make_camera({.source = "push", .width = 64, .height = 48});
  const auto wrong_size = camera->push(std::vector<std::uint8_t>(100), runtime::now());
  ASSERT_FALSE(wrong_size);
  EXPECT_EQ(wrong_size.error().code(), Errc::bad_config);
  const auto other = make_camera(small_test_picture());
  const auto wrong_kind = other->push({}, runtime::now());
  ASSERT_FALSE(wrong_kind);
  EXPECT_EQ(wrong_kind.error().code(), Errc::invalid_state);
}

TEST(Camera, OpensAheadWhenPrepared) {
  const auto camera = make_camera(small_test_picture());
  CameraDiary diary;
  camera->on_state([&](CameraState state, const Error*) { diary.note(name_of(state)); });
  camera->prepare(VideoCodec::h264);
  EXPECT_TRUE(diary.wait_for("running"));
  EXPECT_EQ(camera->stats().frames_encoded, 0);
}

TEST(Camera, EndsWhileItRunsAndItsTapsMayOutliveIt) {
  const auto sink = std::make_shared<RecordingSink>();
  std::unique_ptr<EncodedVideoTap> tap;
  {
    const auto camera = make_camera(small_test_picture());
    tap = camera->attach(VideoCodec::h264, sink);
    ASSERT_TRUE(sink->wait_for_frames(2));
  }
  const std::size_t count = sink->count();
  tap->request_key_frame();
  tap->set_target({DataRate::kilobits_per_second(100), 30});
  tap.reset();
  EXPECT_EQ(sink->count(), count);
}

}  // namespace
}  // namespace rtcbot::media
