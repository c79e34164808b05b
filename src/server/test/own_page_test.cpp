#include "own_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::server {
namespace {

using testing::HasSubstr;

bool is_own(std::string_view origin, std::string_view host, bool is_secure = false) {
  return is_own_page({.origin = origin, .host = host, .is_secure = is_secure});
}

TEST(OwnPage, IsOneOfThisServerOrNoPageAtAll) {
  EXPECT_TRUE(is_own("", "example.org"));
  EXPECT_TRUE(is_own("https://example.org", "example.org"));
  EXPECT_TRUE(is_own("http://localhost:8080", "localhost:8080"));
}

TEST(OwnPage, IsComparedAsAnOriginHoweverTheHostIsWritten) {
  for (const char* host : {"example.org:443", "Example.ORG", "EXAMPLE.ORG:443"}) {
    EXPECT_TRUE(is_own("https://example.org", host, true)) << host;
  }
  EXPECT_TRUE(is_own("http://example.org", "example.org:80"));
  EXPECT_TRUE(is_own("https://example.org:443", "example.org"));
  EXPECT_TRUE(is_own("https://[2001:db8::1]", "[2001:DB8:0::1]:443"));
}

TEST(OwnPage, IsNoneOfAnotherSite) {
  EXPECT_FALSE(is_own("https://evil.example", "example.org"));
  EXPECT_FALSE(is_own("http://localhost:8081", "localhost:8080"));
  EXPECT_FALSE(is_own("https://example.org", "example.org:80"));
  EXPECT_FALSE(is_own("http://example.org", "example.org:443"));
  EXPECT_FALSE(is_own("null", "example.org"));
  EXPECT_FALSE(is_own("https://example.org.evil.example", "example.org"));
  EXPECT_FALSE(is_own("https://example.org", ""));
  EXPECT_FALSE(is_own("https://example.org", "example.org/"));
}

TEST(OwnPage, ThatCameWithoutTlsIsNotOneThatCameWithIt) {
  EXPECT_TRUE(is_own("https://example.org", "example.org", true));
  EXPECT_FALSE(is_own("http://example.org", "example.org", true));
}

TEST(OwnPage, IsWhatABrowserCallsSameOrigin) {
  // As a proxy passes it on that names its own upstream as Host.
  const PageSource bare{.origin = "https://example.org", .fetch_site = "same-origin", .host = "127.0.0.1:8080"};
  EXPECT_TRUE(is_own_page(bare));
  for (const char* site : {"same-site", "cross-site", "none", ""}) {
    auto other = bare;
    other.fetch_site = site;
    EXPECT_FALSE(is_own_page(other)) << site;
  }
}

TEST(OwnPage, IsRefusedWithWhatArrivedAndWhatAProxyMustPassOn) {
  const auto sentence = foreign_page_sentence({.origin = "https://example.org", .host = "127.0.0.1:8080"});
  EXPECT_THAT(sentence, HasSubstr("'https://example.org'"));
  EXPECT_THAT(sentence, HasSubstr("'127.0.0.1:8080' without TLS"));
  EXPECT_THAT(sentence, HasSubstr("proxy_set_header Host $http_host"));
  EXPECT_THAT(sentence, HasSubstr("--behind-proxy"));
  EXPECT_LT(foreign_page_sentence({.origin = std::string(10'000, 'x')}).size(), 1000u);
}

TEST(AllowedOrigins, AreThoseThatTheOperatorNames) {
  const auto allowed = value_or_throw(AllowedOrigins::parse({"https://App.example:443/", "http://other.example:8000"}));
  EXPECT_TRUE(allowed.allows("https://app.example"));
  EXPECT_TRUE(allowed.names("http://other.example:8000"));
  EXPECT_FALSE(allowed.allows("http://app.example"));
  EXPECT_FALSE(allowed.allows("null"));
  EXPECT_TRUE(value_or_throw(AllowedOrigins::parse({})).is_empty());
}

TEST(AllowedOrigins, OfAStarAreAllButTrustedWithNothing) {
  const auto allowed = value_or_throw(AllowedOrigins::parse({"*", "https://app.example"}));
  EXPECT_TRUE(allowed.allows("https://any.example"));
  EXPECT_TRUE(allowed.allows("null"));
  EXPECT_FALSE(allowed.trusted().allows("https://any.example"));
  EXPECT_TRUE(allowed.trusted().allows("https://app.example"));
}

TEST(AllowedOrigins, ThatAreNoneAreRefused) {
  for (const char* text :
       {"example.org", "https://", "https://a/path", "https://u@a", "https://a b", "ftp://a", "**"}) {
    EXPECT_FALSE(AllowedOrigins::parse({text})) << text;
  }
}

TEST(OwnHost, IsOneThatNobodyElseCanMakeLeadHere) {
  for (const char* host :
       {"", "127.0.0.1:8080", "[::1]:8080", "10.0.0.7", "localhost", "LOCALHOST:80", "rover.localhost",
        "raspberrypi.local", "raspberrypi.local.", "rpi:8080", "RPI", "robots.example.org"}) {
    EXPECT_TRUE(is_own_host(host, {"rpi", "Robots.Example.org"})) << host;
  }
  for (const char* host : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil", "local",
                           "rpi.evil.example", "not a host", "evil.example:8080"}) {
    EXPECT_FALSE(is_own_host(host, {"rpi", "", "robots.example.org"})) << host;
  }
}

}  // namespace
}  // namespace rtcbot::server
