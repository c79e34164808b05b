#include "rtcbot-server/request_parts.hpp"

#include <gtest/gtest.h>

namespace rtcbot::app {
namespace {

TEST(Subprotocols, AreWholeWordsOfAList) {
  for (const char* field : {"rtcbot.v1", " rtcbot.v1\t", "chat, rtcbot.v1", "rtcbot.v1,chat", "a,,\trtcbot.v1 ,b"}) {
    EXPECT_TRUE(offers_subprotocol(field, "rtcbot.v1")) << field;
  }
  for (const char* field :
       {"", ",", "rtcbot.v10", "xrtcbot.v1", "RTCBOT.V1", "rtcbot.v1.chat", "rtcbot .v1", "rtcbot.v1;q=1"}) {
    EXPECT_FALSE(offers_subprotocol(field, "rtcbot.v1")) << field;
  }
}

TEST(Methods, AreNamedForEveryPathThatRefusesOne) {
  EXPECT_EQ(methods_of("/logout"), "POST");
  EXPECT_EQ(methods_of("/connect"), "POST");
  EXPECT_EQ(methods_of("/login"), "GET, HEAD, POST");
  EXPECT_EQ(methods_of("/rover"), "GET, HEAD, POST");
  EXPECT_EQ(methods_of("/"), "GET, HEAD");
}

}  // namespace
}  // namespace rtcbot::app
