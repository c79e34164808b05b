#include "rtcbot/base/redact.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace rtcbot {
namespace {

TEST(Redaction, HidesThePasswordOfAnAddressWhereverItStands) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"rtsp://user:secret@10.0.0.2/stream", "rtsp://user:***@10.0.0.2/stream"},
      {"camera rtsps://u:p@cam.example:322/a?b=c: failed", "camera rtsps://u:***@cam.example:322/a?b=c: failed"},
      {"rtsp://:secret@cam/", "rtsp://:***@cam/"},
      {"a rtsp://u:p@h and http://v:q@i/", "a rtsp://u:***@h and http://v:***@i/"},
      {"rtsp://u:p:q@h/", "rtsp://u:***@h/"},
      {"rtsp://u:p@q@h/", "rtsp://u:***@h/"},
      {"rtsp://u:p/q@h/", "rtsp://u:***@h/"},
      {"rtsp://u:p#q@h/", "rtsp://u:***@h/"},
      {"rtsp://u:p?q@[::1]/", "rtsp://u:***@[::1]/"},
      {"location=\"rtsp://u:p@h/\" ! x", "location=\"rtsp://u:***@h/\" ! x"},
  };
  for (const auto& [text, hidden] : cases) EXPECT_EQ(without_passwords(text), hidden) << text;
}

TEST(Redaction, HidesTheValuesOfNamesThatSaySo) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"rtspsrc user-id=u user-pw=secret ! x", "rtspsrc user-id=u user-pw=*** ! x"},
      {"rtspsrc user-pw = \"a b\" ! x", "rtspsrc user-pw = \"***\" ! x"},
      {"rtspsrc proxy-pw='a b' x", "rtspsrc proxy-pw='***' x"},
      {"srtsrc passphrase=abc", "srtsrc passphrase=***"},
      {"rtsp://h/?user=u&Password=secret&channel=1", "rtsp://h/?user=u&Password=***&channel=1"},
      {"rtsp://h/user=admin_password=secret_channel=1.sdp", "rtsp://h/user=admin_password=***"},
  };
  for (const auto& [text, hidden] : cases) EXPECT_EQ(without_passwords(text), hidden) << text;
}

TEST(Redaction, LeavesEverythingElse) {
  for (const char* text : {"", "://", "rtsp://10.0.0.2/stream", "rtsp://10.0.0.2:554/cam@1", "rtsp://user@h/",
                           "rtsp://[2001:db8::1]:554/a@b", "videotestsrc pattern=ball ! x",
                           "user-pw=", "the password is wrong (401)", "a = b = c", "http://h:80/?a=b@c"}) {
    EXPECT_EQ(without_passwords(text), text);
  }
}

}  // namespace
}  // namespace rtcbot
