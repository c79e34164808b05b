#include "source.hpp"

#include <gmock/gmock.h>

#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {
namespace {

constexpr PictureFormat kVga{640, 480, 30};
constexpr PictureFormat kHd{1280, 720, 30};

TEST(Source, IsReadAndWrittenInEveryForm) {
  for (const char* text :
       {"auto", "test", "test:busy", "push", "/dev/video0", "libcamera", "libcamera:/base/soc/i2c0mux/ov5647@36",
        "rtsp://10.0.0.2/stream", "gst:videotestsrc ! identity"}) {
    SCOPED_TRACE(text);
    const auto source = parse_source(text);
    ASSERT_TRUE(source);
    EXPECT_EQ(text_of(*source), text);
  }
}

TEST(Source, RefusesWhatItDoesNotKnowAndNamesWhatItDoes) {
  for (const char* text : {"", "webcam", "gst:", "libcamera:", "rtsp://", "/dev/"}) {
    SCOPED_TRACE(text);
    const auto source = parse_source(text);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code(), Errc::bad_config);
    EXPECT_THAT(source.error().what(), testing::HasSubstr("/dev/videoN"));
  }
}

TEST(VideoModes, PreferRawWhereItIsFastEnough) {
  const std::vector<VideoMode> webcam = {{"MJPG", 640, 480, 30}, {"YUYV", 640, 480, 30}, {"H264", 640, 480, 30}};
  EXPECT_EQ(choose_mode(webcam, kVga), 1U);
}

TEST(VideoModes, PreferMjpegWhereRawIsSlow) {
  const std::vector<VideoMode> webcam = {{"YUYV", 1280, 720, 10}, {"MJPG", 1280, 720, 30}, {"MJPG", 1920, 1080, 30}};
  EXPECT_EQ(choose_mode(webcam, kHd), 1U);
}

TEST(VideoModes, TakeTheNextLargerSizeAndElseTheLargest) {
  EXPECT_EQ(choose_mode({{"YUYV", 320, 240, 30}, {"YUYV", 1920, 1080, 30}, {"YUYV", 800, 600, 30}}, kVga), 2U);
  EXPECT_EQ(choose_mode({{"YUYV", 160, 120, 30}, {"YUYV", 320, 240, 30}}, kVga), 1U);
}

TEST(VideoModes, IgnoreWhatCannotBeDecoded) {
  EXPECT_EQ(choose_mode({{"XXXX", 640, 480, 30}}, kVga), 1U);
  EXPECT_EQ(choose_mode({}, kVga), 0U);
}

TEST(GstDescription, AsksTheDeviceForItsBestMode) {
  const Source camera{SourceKind::v4l2, "/dev/video0"};
  EXPECT_EQ(describe_source(camera, {{"YUYV", 640, 480, 30}}, kVga).description,
            "v4l2src device=\"/dev/video0\" ! video/x-raw,format=YUY2,width=640,height=480,framerate=[1/1,30/1]");
  const GstSource mjpeg = describe_source(camera, {{"MJPG", 640, 480, 60}}, kVga);
  EXPECT_THAT(mjpeg.description, testing::EndsWith("image/jpeg,width=640,height=480,framerate=[1/1,30/1] ! jpegdec"));
  EXPECT_FALSE(mjpeg.decode);
  EXPECT_TRUE(describe_source(camera, {{"H264", 640, 480, 30}}, kVga).decode);
  EXPECT_TRUE(describe_source(camera, {}, kVga).decode);
}

TEST(GstDescription, QuotesWhatTheUserWrote) {
  const GstSource source = describe_source({SourceKind::rtsp, "rtsp://h/\" ! filesink location=x"}, {}, kVga);
  EXPECT_THAT(source.description, testing::HasSubstr("location=\"rtsp://h/\\\" ! filesink location=x\""));
}

TEST(ParseSource, ListsTheFormsThatAPersonCanType) {
  const std::string why = parse_source("webcam").error().what();
  EXPECT_THAT(why, testing::HasSubstr("/dev/videoN"));
  EXPECT_EQ(why.find("push"), std::string::npos) << "only programs can supply pictures";
}

TEST(CameraCreation, RefusesBadConfigurations) {
  const auto code_of = [](CameraConfig config) {
    const auto camera = Camera::create(std::move(config));
    return camera ? std::optional<Errc>() : camera.error().code();
  };
  EXPECT_EQ(code_of({.source = "test", .width = 641}), Errc::bad_config);
  EXPECT_EQ(code_of({.source = "test", .height = 8}), Errc::bad_config);
  EXPECT_EQ(code_of({.source = "test", .frame_rate = 0}), Errc::bad_config);
  EXPECT_EQ(code_of({.source = "test", .encoder = "fastenc"}), Errc::bad_config);
  EXPECT_EQ(code_of({.source = "gst:nosuchelement0815"}), Errc::bad_config);
  EXPECT_EQ(code_of({.source = "/dev/video997"}), Errc::no_camera);
  EXPECT_EQ(code_of({.source = "/dev/null"}), Errc::no_camera);
  EXPECT_EQ(code_of({.source = "test"}), std::nullopt);
}

}  // namespace
}  // namespace rtcbot::media
