#include <gmock/gmock.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "rtcbot/media/camera.hpp"
#include "support/decoder.hpp"
#include "support/recording_sink.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;

/// A camera with a viewer, and a diary of what it says.
struct Watched {
  explicit Watched(CameraConfig config) {
    auto created = Camera::create(std::move(config), [this](const LogRecord& record) { diary.note(record.message); });
    EXPECT_TRUE(created) << created.error().what();
    if (!created) return;
    camera = *created;
    camera->on_state([this](CameraState state, const Error* reason) {
      diary.note("state " + std::string(name_of(state)) +
                 (reason != nullptr ? std::string(": ") + reason->what() : ""));
    });
    tap = camera->attach(VideoCodec::h264, sink);
  }
  CameraDiary diary;
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
  std::shared_ptr<Camera> camera;
  std::unique_ptr<EncodedVideoTap> tap;
};

CameraConfig gst_camera(const std::string& description) {
  return {.source = "gst:" + description, .width = 320, .height = 240, .frame_rate = 30};
}

TEST(GstCamera, ShowsWhatTheDescriptionGives) {
  Watched watched(gst_camera("videotestsrc is-live=true pattern=white ! video/x-raw,width=640,height=480"));
  ASSERT_TRUE(watched.sink->wait_for_frames(5));
  const auto pictures = decode(watched.sink->frames());
  ASSERT_FALSE(pictures.empty());
  EXPECT_EQ(pictures[0].width, 320);
  EXPECT_GT(pictures[0].luma[5'000], 225);
}

TEST(GstCamera, DecodesWhatComesEncoded) {
  Watched watched(gst_camera("videotestsrc is-live=true ! jpegenc"));
  EXPECT_TRUE(watched.sink->wait_for_frames(3));
}

TEST(GstCamera, IsPacedByTheClockWhenItsSourceIsNot) {
  Watched watched(gst_camera("videotestsrc ! video/x-raw,framerate=30/1"));
  ASSERT_TRUE(watched.sink->wait_for_frames(20));
  const auto frames = watched.sink->frames();
  EXPECT_GE(frames[19].captured_at - frames[4].captured_at, milliseconds(400));
}

TEST(FailingCamera, IsReopenedAfterItsEndAndGivesAKeyFrame) {
  Watched watched(gst_camera("videotestsrc num-buffers=5 is-live=true"));
  ASSERT_TRUE(watched.diary.wait_for("state failed"));
  const std::size_t before = watched.sink->count();
  EXPECT_GE(before, 1U);
  const auto key = watched.sink->wait_for_key_frame(before);
  ASSERT_TRUE(key.has_value());
  EXPECT_GE(watched.camera->stats().reopened, 1);
  EXPECT_TRUE(watched.diary.wait_for("ended"));
}

TEST(FailingCamera, SaysWhatIsWrong) {
  Watched watched(gst_camera("filesrc location=/nonexistent/film.mp4"));
  ASSERT_TRUE(watched.diary.wait_for("state failed"));
  EXPECT_TRUE(watched.diary.wait_for("/nonexistent/film.mp4"));
  EXPECT_EQ(watched.camera->stats().state, CameraState::failed);
  EXPECT_EQ(watched.sink->count(), 0U);
}

TEST(FailingCamera, ThatFreezesIsReportedAndReopened) {
  // When the first source ends, the second takes over, and never gives anything.
  CameraConfig config = gst_camera(
      "concat name=c videotestsrc num-buffers=8 is-live=true ! c. "
      "appsrc is-live=true format=time ! c. c.");
  config.frozen_after = milliseconds(500);
  Watched watched(config);
  ASSERT_TRUE(watched.diary.wait_for("state frozen"));
  const std::size_t before = watched.sink->count();
  ASSERT_TRUE(watched.sink->wait_for_key_frame(before).has_value());
  EXPECT_TRUE(watched.diary.wait_for("state running", watched.diary.size() - 1));
}

TEST(FailingCamera, EndsQuicklyWhileItIsFailing) {
  Watched watched(gst_camera("filesrc location=/nonexistent/film.mp4"));
  ASSERT_TRUE(watched.diary.wait_for("state failed"));
  watched.tap.reset();
  const auto start = std::chrono::steady_clock::now();
  watched.camera.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

std::size_t entries_in(const char* directory) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
  return count;
}

TEST(Camera, ComesAndGoesFiftyTimesWithoutLeavingAnythingBehind) {
  CameraConfig config{.source = "test", .width = 320, .height = 240};
  config.linger = milliseconds(0);
  const auto created = Camera::create(config);
  ASSERT_TRUE(created);
  CameraDiary diary;
  (*created)->on_state([&](CameraState state, const Error*) { diary.note(name_of(state)); });
  std::size_t threads = 0;
  std::size_t files = 0;
  for (int cycle = 0; cycle < 50; ++cycle) {
    SCOPED_TRACE(cycle);
    const std::size_t said = diary.size();
    const auto sink = std::make_shared<RecordingSink>();
    auto tap = (*created)->attach(cycle % 2 == 0 ? VideoCodec::h264 : VideoCodec::vp8, sink);
    ASSERT_TRUE(sink->wait_for_frames(2));
    tap.reset();
    ASSERT_TRUE(diary.wait_for("closed", said));
    if (cycle == 9) {
      threads = entries_in("/proc/self/task");
      files = entries_in("/proc/self/fd");
    }
  }
  EXPECT_LE(entries_in("/proc/self/task"), threads + 3) << "GStreamer keeps a few idle threads";
  EXPECT_LE(entries_in("/proc/self/fd"), files + 2);
}

}  // namespace
}  // namespace rtcbot::media
