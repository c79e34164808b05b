#include "encoder_table.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "encoder_choice.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {
namespace {

std::vector<std::string_view> names(const std::vector<EncoderRow>& rows) {
  std::vector<std::string_view> result;
  for (const EncoderRow& row : rows) result.push_back(row.name);
  return result;
}

EncoderRow row_named(VideoCodec codec, std::string_view name) { return encoder_candidates(codec, name).front(); }

TEST(EncoderTable, TriesHardwareBeforeSoftware) {
  EXPECT_THAT(names(encoder_rows(VideoCodec::h264)),
              testing::ElementsAre("v4l2h264enc", "nvv4l2h264enc", "vah264lpenc", "vah264enc", "vaapih264enc",
                                   "x264enc", "openh264enc"));
  EXPECT_THAT(names(encoder_rows(VideoCodec::vp8)), testing::Contains("vp8enc"));
  EXPECT_EQ(encoder_rows(VideoCodec::vp8).back().name, "vp8enc");
}

TEST(EncoderTable, ANamedEncoderIsTheOnlyOneForItsCodec) {
  EXPECT_THAT(names(encoder_candidates(VideoCodec::h264, "openh264enc")), testing::ElementsAre("openh264enc"));
  EXPECT_EQ(names(encoder_candidates(VideoCodec::vp8, "openh264enc")), names(encoder_rows(VideoCodec::vp8)));
  EXPECT_EQ(names(encoder_candidates(VideoCodec::h264, "auto")), names(encoder_rows(VideoCodec::h264)));
}

TEST(EncoderTable, KnowsItsNames) {
  EXPECT_TRUE(is_encoder_name("x264enc"));
  EXPECT_FALSE(is_encoder_name("auto"));
  EXPECT_FALSE(is_encoder_name(""));
}

TEST(EncoderTable, SpeaksEachEncodersUnit) {
  const DataRate rate = DataRate::kilobits_per_second(1'234);
  EXPECT_EQ(rate_value(row_named(VideoCodec::h264, "vah264enc"), rate), 1'234);
  EXPECT_EQ(rate_value(row_named(VideoCodec::h264, "openh264enc"), rate), 1'234'000);
  EXPECT_EQ(rate_value(row_named(VideoCodec::vp8, "vp8enc"), rate), 1'234'000);
  EXPECT_EQ(rate_value(row_named(VideoCodec::h264, "v4l2h264enc"), rate), 1'234'000);
}

TEST(EncoderTable, KeepsTheOtherV4l2ControlsWhenItSetsTheRate) {
  const EncoderRow row = row_named(VideoCodec::h264, "v4l2h264enc");
  const DataRate rate = DataRate::kilobits_per_second(700);
  const std::string starting = rate_text(row, rate, true);
  EXPECT_THAT(starting, testing::StartsWith("controls,"));
  EXPECT_THAT(starting, testing::HasSubstr("repeat_sequence_header=1"));
  EXPECT_THAT(starting, testing::EndsWith(",video_bitrate=700000"));
  EXPECT_EQ(rate_text(row, rate, false), "controls,video_bitrate=700000");
  EXPECT_EQ(rate_text(row_named(VideoCodec::h264, "vah264enc"), rate, true), "700");
}

TEST(EncoderTable, NeverAsksForLessThan50KilobitsPerSecond) {
  EXPECT_EQ(rate_value(row_named(VideoCodec::h264, "vah264enc"), DataRate()), 50);
  EXPECT_EQ(rate_value(row_named(VideoCodec::vp8, "vp8enc"), DataRate::bits_per_second(1)), 50'000);
}

TEST(EncoderTable, FillsInTheThreads) {
  const auto settings = encoder_settings(row_named(VideoCodec::h264, "x264enc"), 2);
  EXPECT_THAT(settings, testing::Contains(std::pair<std::string, std::string>("threads", "2")));
  EXPECT_THAT(settings, testing::Contains(std::pair<std::string, std::string>("tune", "zerolatency")));
  EXPECT_THAT(settings, testing::Contains(std::pair<std::string, std::string>("option-string", "scenecut=0")));
}

TEST(EncoderTable, EveryRowIsComplete) {
  for (const VideoCodec codec : {VideoCodec::h264, VideoCodec::vp8}) {
    for (const EncoderRow& row : encoder_rows(codec)) {
      SCOPED_TRACE(row.name);
      EXPECT_FALSE(row.after.empty());
      EXPECT_FALSE(row.rate_property.empty());
      EXPECT_GE(row.depth, 1);
      EXPECT_FALSE(encoder_settings(row, 1).empty());
    }
  }
}

TEST(EncoderTable, OneThreadUpTo720pAndNeverMoreThanProcessors) {
  EXPECT_EQ(encoder_threads(640, 480, 30, 8), 1);
  EXPECT_EQ(encoder_threads(1280, 720, 30, 8), 1);
  EXPECT_EQ(encoder_threads(1920, 1080, 30, 8), 3);
  EXPECT_EQ(encoder_threads(1920, 1080, 30, 2), 2);
  EXPECT_EQ(encoder_threads(3840, 2160, 60, 16), 4);
  EXPECT_EQ(encoder_threads(3840, 2160, 60, 0), 1);
}

TEST(CompleteKeyFrame, NeedsSpsPpsAndThenAnIdrSlice) {
  const std::vector<std::uint8_t> complete = {0, 0, 0, 1, 0x67, 9, 0, 0, 0, 1, 0x68, 9, 0, 0, 1, 0x65, 9, 9};
  const std::vector<std::uint8_t> without_pps = {0, 0, 0, 1, 0x67, 9, 0, 0, 1, 0x65, 9, 9};
  const std::vector<std::uint8_t> without_idr = {0, 0, 0, 1, 0x67, 9, 0, 0, 0, 1, 0x68, 9, 0, 0, 1, 0x41, 9};
  EXPECT_TRUE(is_complete_key_frame(complete));
  EXPECT_FALSE(is_complete_key_frame(without_pps));
  EXPECT_FALSE(is_complete_key_frame(without_idr));
  EXPECT_FALSE(is_complete_key_frame({}));
}

TEST(TryEncoder, SaysWhyOneThatIsNotInstalledDoesNotServe) {
  EncoderRow row = row_named(VideoCodec::h264, "x264enc");
  row.name = "thereisnosuchenc";
  const auto tried = try_encoder(row, {.width = 64, .height = 64, .bitrate = DataRate::kilobits_per_second(500)});
  ASSERT_FALSE(tried);
  EXPECT_EQ(tried.error().code(), Errc::no_encoder);
  EXPECT_THAT(tried.error().what(), testing::HasSubstr("not installed"));
}

TEST(TryEncoder, EverySoftwareEncoderOfTheTableWorks) {
  const EncoderSettings settings{.width = 640, .height = 480, .bitrate = DataRate::kilobits_per_second(500)};
  for (const char* name : {"x264enc", "openh264enc"}) {
    SCOPED_TRACE(name);
    const auto tried = try_encoder(row_named(VideoCodec::h264, name), settings);
    EXPECT_TRUE(tried) << tried.error().what();
  }
  EXPECT_TRUE(try_encoder(row_named(VideoCodec::vp8, "vp8enc"), settings));
}

TEST(EncoderChoice, NamesTheReasonForEachItPassesOver) {
  std::vector<std::string> records;
  EncoderChoice choice("auto", {.width = 640, .height = 480, .bitrate = DataRate::kilobits_per_second(500)},
                       [&](const LogRecord& record) { records.push_back(record.message); });
  const auto rows = choice.working(VideoCodec::h264);
  ASSERT_FALSE(rows.empty());
  EXPECT_TRUE(try_encoder(rows.front(), {.width = 640, .height = 480, .bitrate = DataRate::kilobits_per_second(500)}));
  EXPECT_THAT(records.back(), testing::HasSubstr(std::string(rows.front().name)));
  const std::size_t said = records.size();
  EXPECT_EQ(names(choice.working(VideoCodec::h264)), names(rows));
  EXPECT_EQ(records.size(), said) << "the second answer comes from memory";
}

TEST(MissingParser, IsNamedWithItsPackageWhereOnlyItIsMissing) {
  const auto only = [](std::vector<std::string> installed) {
    return [installed = std::move(installed)](const std::string& name) {
      return std::find(installed.begin(), installed.end(), name) != installed.end();
    };
  };
  const EncoderRow board = encoder_candidates(VideoCodec::h264, "v4l2h264enc").at(0);
  EXPECT_THAT(missing_parser(board, only({"v4l2h264enc"})), ::testing::HasSubstr("gstreamer1.0-plugins-bad"));
  EXPECT_EQ(missing_parser(board, only({"v4l2h264enc", "h264parse"})), "");
  EXPECT_EQ(missing_parser(board, only({})), "") << "a board without that encoder";
  EXPECT_EQ(missing_parser(encoder_candidates(VideoCodec::h264, "x264enc").at(0), only({"x264enc"})), "");
}

TEST(EncoderNeeds, NameAPackageOrABoardForEach) {
  const auto names = encoder_names();
  EXPECT_EQ(names.size(), 13U);
  for (const auto& name : names) {
    SCOPED_TRACE(name);
    EXPECT_THAT(encoder_needs(name),
                testing::AnyOf(testing::HasSubstr("install gstreamer1.0-"), testing::HasSubstr("boards")));
  }
}

TEST(CheckEncoder, TellsAnEncoderThatWorksFromOneThatDoesNot) {
  CameraConfig config{.source = "test", .width = 320, .height = 240};
  EXPECT_TRUE(check_encoder(config)) << "auto";
  config.encoder = "x264enc";
  EXPECT_TRUE(check_encoder(config));
  config.encoder = "nvv4l2h264enc";
  const auto checked = check_encoder(config);
  ASSERT_FALSE(checked) << "this test does not run on a Jetson";
  EXPECT_THAT(checked.error().what(), testing::StartsWith("nvv4l2h264enc does not exist here: only NVIDIA's"));
}

}  // namespace
}  // namespace rtcbot::media
