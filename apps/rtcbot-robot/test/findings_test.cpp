#include "rtcbot-robot/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::app {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Grade = Finding::Grade;

TEST(Findings, AreLinesWithWhatToDo) {
  EXPECT_EQ(text_of({Grade::ok, "server", "answers", ""}), "ok       server          answers\n");
  EXPECT_EQ(text_of({Grade::failed, "motors", "no port", "Plug it in."}),
            "FAILED   motors          no port\n                         Plug it in.\n");
  EXPECT_EQ(text_of({Grade::warning, "camera with a long name", "x", ""}), "warning  camera with a long name x\n");
}

TEST(Findings, TellAServerThatTakesTheRobotFromOneThatDoesNot) {
  EXPECT_EQ(server_finding("wss://a/b", {.status = 200, .took = milliseconds(40)}).grade, Grade::ok);
  const auto silent = server_finding("wss://a/b", {.trouble = "cannot connect to a"});
  EXPECT_EQ(silent.grade, Grade::failed);
  EXPECT_EQ(silent.found, "cannot connect to a");
  for (const int status : {301, 401, 403, 404, 409, 429, 500}) {
    const auto finding = server_finding("wss://a/b", {.status = status, .trouble = "refused"});
    EXPECT_EQ(finding.grade, Grade::failed) << status;
    EXPECT_THAT(finding.advice, Not(IsEmpty())) << status;
  }
  EXPECT_THAT(server_finding("wss://a/b", {.status = 401, .trouble = "x"}).advice, HasSubstr("--token-file"));
  EXPECT_EQ(server_finding("ws://a/ws", {.opened = true}).grade, Grade::warning);
}

TEST(Findings, JudgeTheClockByTheServers) {
  EXPECT_EQ(clock_finding(milliseconds(400), true).grade, Grade::ok);
  EXPECT_EQ(clock_finding(milliseconds(400), false).grade, Grade::warning);
  const auto behind = clock_finding(milliseconds(3'600'000), true);
  EXPECT_EQ(behind.grade, Grade::failed);
  EXPECT_THAT(behind.found, HasSubstr("3600 s behind"));
  EXPECT_THAT(clock_finding(milliseconds(-90'000), true).found, HasSubstr("90 s ahead of"));
  EXPECT_EQ(clock_finding(std::nullopt, true).grade, Grade::ok);
  EXPECT_EQ(clock_finding(std::nullopt, false).grade, Grade::warning);
}

TEST(Findings, TellACameraFromTheTestPictureInItsPlace) {
  CameraProbe probe{.asked = "auto", .source = "/dev/video0", .encoder = "x264enc", .codec = "H264"};
  EXPECT_EQ(camera_finding("front", probe).grade, Grade::ok);
  EXPECT_THAT(camera_finding("front", probe).found, HasSubstr("/dev/video0: H264 by x264enc"));
  probe.source = "test";
  EXPECT_EQ(camera_finding("front", probe).grade, Grade::warning);
  probe.asked = "test";
  EXPECT_EQ(camera_finding("front", probe).grade, Grade::ok);
  const auto broken = camera_finding("front", {.asked = "/dev/video9", .trouble = "there is no /dev/video9"});
  EXPECT_EQ(broken.grade, Grade::failed);
  EXPECT_THAT(broken.found, HasSubstr("there is no /dev/video9"));
  EXPECT_THAT(camera_finding("front", {.asked = "test"}).found, HasSubstr("no pictures"));
}

TEST(Findings, SayWhatIsWrongWithTheMotors) {
  EXPECT_EQ(drive_finding("serial:/dev/x", std::string("opens")).grade, Grade::ok);
  const auto failed = drive_finding("serial:/dev/x", fail(Errc::bad_config, "no such port"));
  EXPECT_EQ(failed.grade, Grade::failed);
  EXPECT_THAT(failed.found, HasSubstr("no such port"));
  EXPECT_EQ(no_drive_finding().grade, Grade::warning);
}

TEST(Findings, TakeARelayForReachedThatGaveAnAddress) {
  const std::string host = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
  const std::string relay = host + "a=candidate:2 1 udp 1 192.0.2.9 9 typ relay raddr 0.0.0.0 rport 0\r\n";
  EXPECT_EQ(path_finding("turn:r", relay).grade, Grade::ok);
  EXPECT_EQ(path_finding("turns:r", host).grade, Grade::failed);
  EXPECT_EQ(path_finding("turn:r", fail(Errc::timeout, "too late")).grade, Grade::failed);
  EXPECT_EQ(path_finding("stun:s", host + "a=candidate:3 1 udp 1 198.51.100.1 9 typ srflx\r\n").grade, Grade::ok);
  EXPECT_EQ(path_finding("stun:s", host).grade, Grade::warning) << "without a NAT there is nothing to be told";
}

TEST(Findings, AreFitUntilOneFailed) {
  const Finding ok{}, warning{.grade = Grade::warning}, failed{.grade = Grade::failed};
  EXPECT_TRUE(is_fit({}));
  EXPECT_TRUE(is_fit({ok, warning}));
  EXPECT_FALSE(is_fit({ok, failed, ok}));
}

}  // namespace
}  // namespace rtcbot::app
