#include "rtcbot/server/sign_in_link.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::server {
namespace {

using testing::HasSubstr;

TEST(SignInLink, IsTheServersAddress) {
  EXPECT_EQ(value_or_throw(sign_in_link("https://robots.example.org")).origin, "https://robots.example.org");
  EXPECT_EQ(value_or_throw(sign_in_link("https://robots.example.org:8443//")).origin,
            "https://robots.example.org:8443");
  EXPECT_EQ(value_or_throw(sign_in_link("http://[::1]:8080")).origin, "http://[::1]:8080");
  EXPECT_EQ(value_or_throw(sign_in_link("https://example.org/robots/")).origin, "https://example.org/robots");
}

TEST(SignInLink, OfAnotherSchemeIsRefusedWithAnExample) {
  for (const char* text : {"", "robots.example.org", "ftp://a", "ws://a", "javascript://a", "HTTPS//a", "https:/a"}) {
    const auto link = sign_in_link(text);
    ASSERT_FALSE(link) << text;
    EXPECT_THAT(link.error().what(), HasSubstr("https://robots.example.org"));
  }
}

TEST(SignInLink, WithoutAHostOrWithMoreThanOneIsRefused) {
  for (const char* text : {"https://", "https:///", "https://:443", "https://a:0", "https://a/b c", "https://a?b",
                           "https://a#b", "https://u@a", "https://a b"}) {
    const auto link = sign_in_link(text);
    ASSERT_FALSE(link) << text;
    EXPECT_THAT(link.error().what(), HasSubstr("a host"));
  }
}

TEST(SignInLink, IsReadableOnTheWayWithoutTlsUnlessNobodyIsThere) {
  EXPECT_TRUE(value_or_throw(sign_in_link("http://192.168.1.5:8080")).is_readable_on_the_way);
  EXPECT_TRUE(value_or_throw(sign_in_link("http://localhost.example.org")).is_readable_on_the_way);
  EXPECT_TRUE(value_or_throw(sign_in_link("http://127.example.org")).is_readable_on_the_way);
  for (const char* text : {"https://a", "http://localhost:8080", "http://127.0.0.1", "http://[::1]:8080"}) {
    EXPECT_FALSE(value_or_throw(sign_in_link(text)).is_readable_on_the_way) << text;
  }
}

}  // namespace
}  // namespace rtcbot::server
