#include "auto_source.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "camera_impl.hpp"
#include "find_cameras.hpp"
#include "support/decoder.hpp"
#include "support/recording_sink.hpp"

namespace rtcbot::media {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

const Source kFront{SourceKind::v4l2, "/dev/video0"};
const Source kRear{SourceKind::v4l2, "/dev/video2"};
const Source kReplugged{SourceKind::v4l2, "/dev/video4"};
constexpr Timestamp kStart{std::chrono::seconds(1'000)};

TEST(CameraSearch, ShowsTheFirstOfTheCamerasThatExist) {
  CameraSearch search;
  EXPECT_THAT(search.choose(kStart, {kFront, kRear}), Optional(kFront));
  EXPECT_EQ(search.next_at(), kNever);
  EXPECT_FALSE(search.replaces_test_picture(kStart, {kFront, kRear}));
}

TEST(CameraSearch, ShowsTheTestPictureUntilACameraIsPluggedIn) {
  CameraSearch search;
  EXPECT_EQ(search.choose(kStart, {}), std::nullopt);
  Timestamp now = search.next_at();
  EXPECT_EQ(now, kStart + CameraSearch::kInterval);
  EXPECT_FALSE(search.replaces_test_picture(now, {}));
  now = search.next_at();
  EXPECT_EQ(now, kStart + 2 * CameraSearch::kInterval);
  EXPECT_TRUE(search.replaces_test_picture(now, {kFront}));
  EXPECT_THAT(search.choose(now, {kFront}), Optional(kFront));
  EXPECT_EQ(search.next_at(), kNever);
}

TEST(CameraSearch, KeepsACameraThatWasUnpluggedSoThatItsFailureIsSeen) {
  CameraSearch search;
  EXPECT_THAT(search.choose(kStart, {kFront}), Optional(kFront));
  EXPECT_THAT(search.choose(kStart, {}), Optional(kFront));
  EXPECT_EQ(search.next_at(), kNever);
}

TEST(CameraSearch, ShowsNoOtherViewInPlaceOfACameraThatWasUnplugged) {
  CameraSearch search;
  EXPECT_THAT(search.choose(kStart, {kFront, kRear}), Optional(kFront));
  EXPECT_THAT(search.choose(kStart, {kRear}), Optional(kFront));
  EXPECT_THAT(search.choose(kStart, {kFront, kRear}), Optional(kFront));
}

TEST(CameraSearch, FindsACameraThatReturnsUnderAnotherName) {
  CameraSearch search;
  EXPECT_THAT(search.choose(kStart, {kFront, kRear}), Optional(kFront));
  EXPECT_THAT(search.choose(kStart, {kRear, kReplugged}), Optional(kReplugged));
  EXPECT_THAT(search.choose(kStart, {kRear}), Optional(kReplugged)) << "the rear camera still shows another view";
}

TEST(CameraList, NamesSourcesLineByLine) {
  const auto cameras = parse_camera_list("# comment\n\n/dev/video2\nrtsp://10.0.0.2/stream\n/dev/video0");
  ASSERT_TRUE(cameras);
  EXPECT_THAT(*cameras, ElementsAre(kRear, Source{SourceKind::rtsp, "rtsp://10.0.0.2/stream"}, kFront));
  EXPECT_TRUE(parse_camera_list("")->empty());
}

TEST(CameraList, RefusesWhatIsNoCamera) {
  EXPECT_THAT(parse_camera_list("webcam").error().what(), HasSubstr("/dev/videoN"));
  EXPECT_THAT(parse_camera_list("auto").error().what(), HasSubstr("auto"));
  EXPECT_THAT(parse_camera_list("push").error().what(), HasSubstr("push"));
}

TEST(CameraList, IsBounded) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "/dev/video" + std::to_string(i) + "\n";
  EXPECT_EQ(parse_camera_list(text)->size(), 16U);
}

/// A file that the test fills.
struct ListFile {
  ListFile() { std::filesystem::remove(path); }
  ~ListFile() { std::filesystem::remove(path); }
  ListFile(const ListFile&) = delete;
  ListFile& operator=(const ListFile&) = delete;
  void write(const std::string& text) const {
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
  }
  std::string path = testing::TempDir() + "rtcbot-cameras-" + std::to_string(::getpid());
};

TEST(CameraFinder, ReadsItsListAgainAfterAChange) {
  const ListFile list;
  CameraDiary diary;
  CameraFinder finder(list.path, [&](const LogRecord& record) { diary.note(record.message); });
  EXPECT_TRUE(finder.find().empty());
  list.write("/dev/video0\n");
  EXPECT_THAT(finder.find(), ElementsAre(kFront));
  list.write("nonsense\n");
  EXPECT_TRUE(finder.find().empty());
  EXPECT_TRUE(diary.wait_for("is not used"));
  list.write("/dev/video2\n");
  EXPECT_THAT(finder.find(), ElementsAre(kRear));
}

TEST(CameraFinder, LooksIntoDevWithoutAList) {
  CameraFinder finder("", {});
  const FoundCameras first = finder.find();
  EXPECT_EQ(finder.find(), first);
  EXPECT_EQ(find_cameras(), first);
}

/// Cameras that the test plugs in, all of which show white.
struct Bench {
  Bench() {
    const PictureFormat format{320, 240, 30};
    search = std::make_shared<AutoSource>(
        [this] {
          const std::lock_guard lock(mutex);
          return plugged_in;
        },
        [format](const std::optional<Source>& chosen, CaptureEvents events) {
          if (!chosen) return open_test_capture(format, TestPictureKind::no_camera, std::move(events));
          return open_gst_capture({"videotestsrc is-live=true pattern=white"}, format, std::move(events), {});
        },
        [this](const LogRecord& record) { diary.note(record.message); });
    const CameraConfig config{.source = "auto", .width = 320, .height = 240, .frozen_after = milliseconds(10'000)};
    camera = std::make_shared<CameraImpl>(
        config,
        CameraOrigin{.name = "auto",
                     .open = [this](CaptureEvents events) { return search->open(std::move(events)); },
                     .search = search},
        [this](const LogRecord& record) { diary.note(record.message); });
    camera->on_state([this](CameraState state, const Error* reason) {
      diary.note("state " + std::string(name_of(state)) +
                 (reason != nullptr ? std::string(": ") + reason->what() : ""));
    });
  }
  void plug_in(const Source& source) {
    const std::lock_guard lock(mutex);
    plugged_in.push_back(source);
  }

  std::mutex mutex;
  FoundCameras plugged_in;  // guarded by mutex
  CameraDiary diary;
  std::shared_ptr<AutoSource> search;
  std::shared_ptr<CameraImpl> camera;
};

TEST(AutomaticCamera, ShowsTheTestPictureAndThenTheCameraThatIsPluggedIn) {
  Bench bench;
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = bench.camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(bench.diary.wait_for("no camera was found"));
  ASSERT_TRUE(bench.diary.wait_for("state missing"));
  ASSERT_TRUE(sink->wait_for_frames(5));
  EXPECT_EQ(bench.camera->stats().state, CameraState::missing);
  EXPECT_EQ(bench.camera->stats().source, "test");

  bench.plug_in(kFront);
  ASSERT_TRUE(bench.diary.wait_for("camera found: /dev/video0"));
  ASSERT_TRUE(bench.diary.wait_for("state running"));
  EXPECT_EQ(bench.camera->stats().source, "/dev/video0");
  EXPECT_EQ(bench.camera->stats().reopened, 0) << "it is not a failure";
  const std::size_t before = sink->count();
  ASSERT_TRUE(sink->wait_for_frames(before + 10));
  const auto pictures = decode(sink->frames());
  ASSERT_FALSE(pictures.empty());
  EXPECT_GT(pictures.back().luma[5'000], 225) << "white";
}

TEST(AutomaticCamera, OpensACameraThatWasPluggedInWhileNobodyWatched) {
  Bench bench;
  bench.search->look();
  EXPECT_TRUE(bench.search->is_missing());
  bench.plug_in(kFront);
  const auto sink = std::make_shared<RecordingSink>();
  const auto tap = bench.camera->attach(VideoCodec::h264, sink);
  ASSERT_TRUE(bench.diary.wait_for("state running"));
  EXPECT_EQ(bench.camera->stats().source, "/dev/video0");
}

}  // namespace
}  // namespace rtcbot::media
