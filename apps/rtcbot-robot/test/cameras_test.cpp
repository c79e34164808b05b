#include "rtcbot-robot/cameras.hpp"

#include <gtest/gtest.h>

namespace rtcbot::app {
namespace {

TEST(ParseCameras, NamesAreWhatCannotBeASource) {
  const auto cameras = parse_cameras({"front=/dev/video0", "gst:videotestsrc pattern=ball", "rear view=rtsp://h/?a=b"});
  ASSERT_TRUE(cameras);
  const std::vector<NamedSource> expected{
      {"front", "/dev/video0"}, {"camera 2", "gst:videotestsrc pattern=ball"}, {"rear view", "rtsp://h/?a=b"}};
  EXPECT_EQ(*cameras, expected);
  EXPECT_EQ(parse_cameras({"auto"})->front(), (NamedSource{"camera", "auto"}));
}

TEST(ParseCameras, ATextBeforeTheSourceThatIsNoNameIsRefused) {
  for (const char* word : {"front.cam=/dev/video0", "=/dev/video0", "a name that is longer than names may be=test"}) {
    SCOPED_TRACE(word);
    const auto refused = parse_cameras({word});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::bad_config);
  }
}

TEST(ParseCameras, TwoOfOneNameAreRefused) {
  const auto refused = parse_cameras({"a=test", "a=test"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::bad_config);
}

}  // namespace
}  // namespace rtcbot::app
