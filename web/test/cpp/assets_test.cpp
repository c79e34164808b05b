#include "rtcbot/web/assets.hpp"

#include <gmock/gmock.h>

namespace rtcbot::web {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Assets, HoldTheWholeLibraryInBothForms) {
  EXPECT_THAT(rtcbot_js(), StartsWith("/* rtcbot.js"));
  EXPECT_THAT(rtcbot_js(), HasSubstr("var rtcbot="));
  EXPECT_THAT(rtcbot_js(), HasSubstr("module.exports=rtcbot"));  // its last line
  EXPECT_THAT(rtcbot_mjs(), HasSubstr("as RTCConnection"));
  EXPECT_THAT(receiver_js(), HasSubstr("onrtctransform"));
  EXPECT_THAT(rtcbot_d_ts(), HasSubstr("export class RTCConnection"));
}

TEST(Assets, HoldAPageThatNeedsNoOtherFile) {
  EXPECT_THAT(robot_page(), StartsWith("<!doctype html>"));
  EXPECT_THAT(robot_page(), HasSubstr("</html>"));
  EXPECT_EQ(robot_page().find("/*{script}*/"), std::string_view::npos);
  EXPECT_EQ(robot_page().find("src="), std::string_view::npos);
}

TEST(Assets, HoldWhatAHomeScreenNeeds) {
  EXPECT_THAT(manifest(), HasSubstr("\"display\": \"fullscreen\""));
  EXPECT_THAT(manifest(), HasSubstr("\"src\": \"apple-touch-icon.png\""));
  EXPECT_THAT(icon_png(), StartsWith("\x89PNG"));
  for (const auto page : {robot_page(), list_page()}) {
    EXPECT_THAT(page, HasSubstr("<link rel=\"manifest\" href=\"manifest.webmanifest\">"));
    EXPECT_THAT(page, HasSubstr("<link rel=\"apple-touch-icon\" href=\"apple-touch-icon.png\">"));
  }
}

}  // namespace
}  // namespace rtcbot::web
