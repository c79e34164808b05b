#include "common/logging.hpp"

#include <gmock/gmock.h>

namespace rtcbot::app {
namespace {

TEST(Log, HasNoPasswordWhoeverWritesIt) {
  for (const char* format : {"text", "json"}) {
    testing::internal::CaptureStderr();
    make_log({.format = format})({LogLevel::error, "media", "no way to rtsp://robot:secret@cam/a (user-pw=secret)"});
    const std::string written = testing::internal::GetCapturedStderr();
    EXPECT_THAT(written, testing::HasSubstr("rtsp://robot:***@cam/a (user-pw=***"));
    EXPECT_THAT(written, testing::Not(testing::HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace rtcbot::app
