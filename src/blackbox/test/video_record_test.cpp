#include "rtcbot/blackbox/video_record.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "support/box_folder.hpp"

namespace rtcbot::blackbox {
namespace {

using namespace testing;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

EncodedFrame frame(std::int64_t sequence, bool key_frame, const std::string& bytes,
                   VideoCodec codec = VideoCodec::h264) {
  const auto owner = std::make_shared<std::string>(bytes);
  return {.owner = owner,
          .data = {reinterpret_cast<const std::uint8_t*>(owner->data()), owner->size()},
          .codec = codec,
          .key_frame = key_frame,
          .width = 640,
          .height = 480,
          .sequence = sequence};
}

TEST(VideoRecord, BeginsWithAKeyFrameAndNamesItsFile) {
  const BoxFolder folder;
  {
    const auto box = folder.open();
    box->put_frame(frame(7, false, "cannot be decoded"));
    box->put_frame(frame(8, true, "key"));
    box->put_frame(frame(9, false, "next"));
    EXPECT_TRUE(until([&] { return box->stats().frames == 2; }));
    EXPECT_EQ(box->stats().dropped, 1);
    EXPECT_FALSE(box->wants_key_frame());
  }
  const auto records = folder.records({.types = {"video"}});
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0]["data"]["codec"], "H264");
  EXPECT_EQ(text(folder.path() / records[0]["data"]["file"].get<std::string>()), "keynext");
}

TEST(VideoRecord, LeavesOutWhatFollowsAGapUntilTheNextKeyFrame) {
  const BoxFolder folder;
  const auto box = folder.open();
  box->put_frame(frame(1, true, "a"));
  box->put_frame(frame(3, false, "b"));
  EXPECT_TRUE(until([&] { return box->stats().dropped == 1; }));
  EXPECT_TRUE(box->wants_key_frame());
  box->put_frame(frame(4, true, "c"));
  EXPECT_TRUE(until([&] { return box->stats().frames == 2; }));
  EXPECT_THAT(folder.records({.types = {"video"}}), SizeIs(2));
}

TEST(VideoRecord, PutsVp8IntoIvf) {
  const BoxFolder folder;
  {
    const auto box = folder.open();
    box->put_frame(frame(1, true, "abc", VideoCodec::vp8));
    box->put_frame(frame(2, false, "de", VideoCodec::vp8));
  }
  const auto records = folder.records({.types = {"video"}});
  ASSERT_THAT(records, SizeIs(1));
  const auto file = text(folder.path() / records[0]["data"]["file"].get<std::string>());
  EXPECT_THAT(file, StartsWith(std::string("DKIF\0\0\x20\0VP80\x80\x02\xe0\x01", 16)));
  EXPECT_EQ(file.substr(32),
            std::string("\x03\0\0\0\0\0\0\0\0\0\0\0abc", 15) + std::string("\x02\0\0\0\x01\0\0\0\0\0\0\0de", 14));
}

TEST(VideoRecord, SharesTheBoundWithTheRecords) {
  const BoxFolder folder;
  const std::string bytes(20'000, 'x');
  std::uint64_t most = 0;
  const auto box = folder.open(BlackBox::kMinBytes);
  for (int i = 0; i < 300; ++i) {
    box->put_frame(frame(i, i % 10 == 0, bytes));
    box->record("drive", i);
    if (i % 10 != 9) continue;
    EXPECT_TRUE(until([&] {
      const auto stats = box->stats();
      return stats.frames == i + 1 && stats.bytes_on_disk == folder.bytes();
    }));
    most = std::max(most, box->stats().bytes_on_disk);
  }
  EXPECT_LE(most, BlackBox::kMinBytes);
  EXPECT_GT(most, BlackBox::kMinBytes / 2);
  EXPECT_EQ(folder.records({.types = {"drive"}}).back()["data"], 299);
}

TEST(VideoRecord, LeavesRoomForRecordsWhereTheDiskIsTooSlowForTheFrames) {
  const BoxFolder folder;
  const auto box = folder.open(100'000'000);
  // Far more than waits, in less time than the writer gathers; so small that they would leave no gap for a record.
  auto small = frame(0, true, std::string(500, 'x'));
  constexpr int kFrames = 40'000, kRecords = 400;
  for (int i = 0; i < kFrames; ++i) {
    box->put_frame(small);
    small.key_frame = false;
    ++small.sequence;
    if (i % (kFrames / kRecords) == 0) box->record("drive", i);
  }
  EXPECT_TRUE(until([&] { return folder.records({.types = {"drive"}}).size() == kRecords; }));
  EXPECT_GT(box->stats().dropped, 0) << "frames";
}

/// A viewer who takes everything.
class Viewer final : public EncodedFrameSink {
 public:
  bool has_room(Timestamp) override { return true; }
  void on_frame(const EncodedFrame&) override {}
};

TEST(VideoRecord, TakesWhatViewersAreShownAndOpensNothingByItself) {
  const BoxFolder folder;
  const auto box = folder.open();
  const auto camera = media::Camera::create({.source = "test", .width = 160, .height = 120}).value();
  const VideoRecord record(*box, *camera);
  EXPECT_EQ(camera->stats().viewers, 0);
  EXPECT_EQ(camera->stats().state, media::CameraState::closed);
  const auto codec = camera->can_encode(VideoCodec::h264) ? VideoCodec::h264 : VideoCodec::vp8;
  const auto viewer = camera->attach(codec, std::make_shared<Viewer>());
  viewer->set_target({.bitrate = DataRate::kilobits_per_second(500)});
  EXPECT_TRUE(until([&] { return box->stats().frames >= 10; }));
  EXPECT_EQ(camera->stats().viewers, 1);
}

}  // namespace
}  // namespace rtcbot::blackbox
