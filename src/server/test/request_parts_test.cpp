#include "request_parts.hpp"

#include <gtest/gtest.h>

namespace rtcbot::server {
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

TEST(Subprotocols, MayCarryATokenBehindAPrefix) {
  EXPECT_EQ(subprotocol_after("rtcbot.page.v1, rtcbot.token.a.b.c", kTokenSubprotocol), "a.b.c");
  EXPECT_EQ(subprotocol_after("rtcbot.token.a.b.c,rtcbot.token.d", kTokenSubprotocol), "a.b.c");
  EXPECT_EQ(subprotocol_after("rtcbot.page.v1", kTokenSubprotocol), std::nullopt);
  EXPECT_EQ(subprotocol_after("", kTokenSubprotocol), std::nullopt);
}

TEST(MediaType, IsComparedWithoutCaseAndParameters) {
  for (const char* field : {"application/sdp", " Application/SDP ; charset=utf-8", "APPLICATION/SDP"}) {
    EXPECT_TRUE(is_media_type(field, "application/sdp")) << field;
  }
  for (const char* field : {"", "application/sdpx", "text/plain", "application/json", ";application/sdp"}) {
    EXPECT_FALSE(is_media_type(field, "application/sdp")) << field;
  }
}

TEST(RobotsPath, MayEndWithASlash) {
  EXPECT_EQ(value_or_throw(robot_of("/rover/")).text(), "rover");
  EXPECT_TRUE(value_or_throw(robot_of("/connect/")).is_default());
  EXPECT_FALSE(robot_of("/rover//"));
  EXPECT_FALSE(robot_of("/"));
  EXPECT_FALSE(robot_of("//"));
  EXPECT_FALSE(robot_of("/robots.txt"));
  EXPECT_EQ(without_slash("/"), "/");
}

TEST(WantsPage, IsTrueForABrowsersNavigationAlone) {
  net::HttpRequest request;
  request.method = "GET";
  EXPECT_FALSE(wants_page(request));
  request.headers["accept"] = "text/html,application/xhtml+xml";
  EXPECT_TRUE(wants_page(request));
  request.method = "POST";
  EXPECT_FALSE(wants_page(request));
}

}  // namespace
}  // namespace rtcbot::server
