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

TEST(Findings, NameTheCamerasOfTheMachineForOneThatIsMissing) {
  CameraProbe probe{
      .asked = "/dev/video9", .trouble = "/dev/video9 is missing", .cameras = {"/dev/video0", "/dev/video2"}};
  EXPECT_EQ(camera_finding("front", probe).found, "/dev/video9 is missing");
  EXPECT_EQ(camera_finding("front", probe).advice, "Cameras of this machine: /dev/video0, /dev/video2.");
  probe.cameras = {};
  EXPECT_THAT(camera_finding("front", probe).advice, HasSubstr("This machine has no camera"));
  probe.trouble = "the user pi may not open /dev/video9; the group video may: sudo usermod -aG video pi";
  EXPECT_THAT(camera_finding("front", probe).advice, IsEmpty()) << "it is in the sentence";
  probe.trouble = "another program uses the camera, and only one at a time can: v4l2src0: Device is busy";
  EXPECT_THAT(camera_finding("front", probe).advice, HasSubstr("sudo fuser -v /dev/video9 names it (package psmisc)"));
  probe = {.asked = "/dev/video0", .cameras = {"/dev/video0"}};
  EXPECT_THAT(camera_finding("front", probe).advice, HasSubstr("--size 640x480"));
}

TEST(Findings, NameARemedyForEachKindOfCamera) {
  const auto advice = [](const char* asked, const char* trouble) {
    return camera_finding("front", {.asked = asked, .trouble = trouble}).advice;
  };
  EXPECT_THAT(advice("libcamera", "libcamera finds no camera"), HasSubstr("cam --list"));
  EXPECT_THAT(advice("libcamera", "it is not installed; install gstreamer1.0-libcamera"), IsEmpty());
  EXPECT_THAT(advice("rtsp://192.0.2.7/", "the camera cannot be reached"), HasSubstr("gstreamer1.0-plugins-base-apps"));
  EXPECT_THAT(advice("gst:nothing", "no element nothing"), HasSubstr("gst-launch-1.0"));
}

TEST(Findings, SayThatTheRequestedEncoderDoesNotWork) {
  const auto finding =
      camera_finding("front", {.asked = "test",
                               .encoder = "vp8enc",
                               .codec = "VP8",
                               .encoder_trouble = "x264enc does not exist here: install gstreamer1.0-plugins-ugly"});
  EXPECT_EQ(finding.grade, Grade::warning);
  EXPECT_THAT(finding.found, HasSubstr("VP8 by vp8enc"));
  EXPECT_THAT(finding.found, testing::EndsWith("; x264enc does not exist here"));
  EXPECT_EQ(finding.advice, "For this encoder: install gstreamer1.0-plugins-ugly.");
}

TEST(Findings, AreNotCalledCameraTwice) {
  EXPECT_EQ(camera_finding("camera", {.asked = "test", .codec = "H264"}).what, "camera");
  EXPECT_EQ(camera_finding("camera 2", {.asked = "test", .codec = "H264"}).what, "camera 2");
  EXPECT_EQ(camera_finding("front", {.asked = "test", .codec = "H264"}).what, "camera front");
}

TEST(Findings, SayHowToMakeAToken) {
  const auto advice = [](const char* url, int status, bool has_token) {
    return server_finding(url, {.status = status, .trouble = "x", .has_token = has_token}).advice;
  };
  EXPECT_THAT(advice("wss://a/digger", 401, false), testing::AllOf(testing::StartsWith("Give the robot a token."),
                                                                   HasSubstr("--robots digger --owner digger")));
  EXPECT_THAT(advice("wss://a/ws", 401, true), testing::AllOf(HasSubstr("has expired"), HasSubstr("--robots NAME")));
  EXPECT_THAT(advice("wss://a:8080", 403, true), HasSubstr("--robots NAME"));
}

TEST(Findings, TellWhyTheServerDoesNotAnswer) {
  const auto advice = [](const char* trouble, Errc code) {
    return server_finding("wss://a.example:8443/ws", {.trouble = trouble, .code = code}).advice;
  };
  EXPECT_THAT(advice("the name 'a.example' cannot be found", Errc::connection_refused),
              HasSubstr("getent hosts a.example."));
  EXPECT_THAT(advice("no TLS connection to a.example", Errc::handshake_failed), HasSubstr("--ca-file"));
  EXPECT_THAT(advice("it did not open within 10000 ms", Errc::timeout), HasSubstr("firewall"));
  EXPECT_THAT(advice("it does not speak WebSocket", Errc::handshake_failed), HasSubstr("/ws"));
  EXPECT_THAT(advice("cannot connect to a.example", Errc::connection_refused), HasSubstr("Check that the server runs"));
}

TEST(Findings, SayWhatIsWrongWithTheMotors) {
  EXPECT_EQ(drive_finding("serial:/dev/x", {true, "opens", ""}).grade, Grade::ok);
  const auto failed = drive_finding("serial:/dev/x", {false, "no such port", "Plug it in."});
  EXPECT_EQ(failed.grade, Grade::failed);
  EXPECT_EQ(failed.found, "serial:/dev/x: no such port");
  EXPECT_EQ(failed.advice, "Plug it in.");
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
