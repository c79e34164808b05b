#include "rtsp_address.hpp"

#include <gmock/gmock.h>

#include "source.hpp"

namespace rtcbot::media {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RtspAddress, IsTakenInEveryForm) {
  for (const char* text :
       {"rtsp://10.0.0.2/stream", "rtspt://cam:554/", "rtspu://cam", "rtsps://cam.example:322/a", "rtspst://cam/a",
        "rtsp://user@cam/", "rtsp://user:@cam/", "rtsp://user:p%40ss%3A@cam:554/a?b=c", "rtsp://[2001:db8::7]:554/a",
        "rtsp://user:pass@[::1]/", "rtsp://cam:554/live@1", "rtsp://cam/a:b@c", "RTSP://cam/", "rtsp://h/?a=b#c"}) {
    SCOPED_TRACE(text);
    ASSERT_TRUE(is_rtsp_address(text));
    EXPECT_TRUE(check_rtsp_address(text));
    const auto source = parse_source(text);
    ASSERT_TRUE(source);
    EXPECT_EQ(source->kind, SourceKind::rtsp);
  }
}

TEST(RtspAddress, WithARawCharacterInThePasswordIsRefusedWithTheWayToWriteIt) {
  for (const char* text :
       {"rtsp://user:pa@ss@cam/", "rtsp://user:pa:ss@cam/", "rtspt://user:pa/ss@cam/", "rtsp://user:pa#ss@cam:554/a",
        "rtsp://user:pa?ss@cam/", "rtsp://user:pa%ss@cam/", "rtsp://user:pass%@cam/", "rtsp://user:pa ss@cam/",
        "rtsp://user:12/ss@192.0.2.7/", "rtsp://user:12#ss@[::1]/", "rtsp://us@er:pass@cam/"}) {
    SCOPED_TRACE(text);
    const auto source = parse_source(text);
    ASSERT_FALSE(source);
    EXPECT_EQ(source.error().code(), Errc::bad_config);
    EXPECT_THAT(source.error().what(), HasSubstr("@ as %40"));
    EXPECT_THAT(source.error().what(), Not(HasSubstr("ss@cam")));
  }
}

TEST(RtspAddress, WithoutAHostOrWithABadPortIsRefused) {
  for (const char* text : {"rtsp:///a", "rtsp://user:secret@", "rtsp://user:secret@/a", "rtsp://cam:0/", "rtsp://cam:/",
                           "rtsp://cam:65536/", "rtsp://user:secret@cam:x/", "rtsp://[::1/a"}) {
    SCOPED_TRACE(text);
    const auto source = parse_source(text);
    ASSERT_FALSE(source);
    EXPECT_THAT(source.error().what(), HasSubstr("rtsp://USER:PASSWORD@HOST:PORT/PATH"));
    EXPECT_THAT(source.error().what(), Not(HasSubstr("secret")));
  }
}

TEST(RtspAddress, OfAnUnknownSchemeIsRefusedWithoutItsPassword) {
  const auto source = parse_source("rstp://user:secret@cam/");
  ASSERT_FALSE(source);
  EXPECT_THAT(source.error().what(), HasSubstr("rstp://user:***@cam/"));
}

TEST(RtspAddress, IsShownWithoutItsPassword) {
  const auto shown = [](const char* text) { return shown_as(parse_source(text).value()); };
  EXPECT_EQ(shown("rtsp://user:secret@cam/a"), "rtsp://user:***@cam/a");
  EXPECT_EQ(shown("gst:rtspsrc location=rtsp://u:secret@cam/ user-pw=secret ! decodebin"),
            "gst:rtspsrc location=rtsp://u:***@cam/ user-pw=*** ! decodebin");
  EXPECT_EQ(shown("/dev/video0"), "/dev/video0");
}

}  // namespace
}  // namespace rtcbot::media
