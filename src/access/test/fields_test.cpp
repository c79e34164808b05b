#include "rtcbot/access/fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;
using ::testing::HasSubstr;

TEST(Bearer, IsTheOnlySchemeThatIsRead) {
  EXPECT_EQ(bearer_in("Bearer abc"), "abc");
  EXPECT_EQ(bearer_in("bEARER  abc "), "abc");
  EXPECT_EQ(bearer_in("Bearer "), "");
  for (const auto* other : {"", "abc", "Bearer", "Basic abc", "Bearerabc", "Bearer\tabc", " Bearer abc"}) {
    EXPECT_EQ(bearer_in(other), std::nullopt) << other;
  }
}

TEST(Cookie, IsFoundAmongOthers) {
  EXPECT_EQ(cookie_in("a=1; rtcbot=x.y.z; b=2", "rtcbot"), "x.y.z");
  EXPECT_EQ(cookie_in("rtcbot=", "rtcbot"), "");
  for (const auto* without : {"", ";", "=", "rtcbot", "xrtcbot=1", "rtcbot2=1", "a=rtcbot=1", "RTCBOT=1"}) {
    EXPECT_EQ(cookie_in(without, "rtcbot"), std::nullopt) << without;
  }
}

TEST(Cookie, ThatStandsThereTwiceIsNobodys) { EXPECT_EQ(cookie_in("rtcbot=a; rtcbot=b", "rtcbot"), std::nullopt); }

TEST(Cookie, IsOutOfReachOfScriptsAndOtherSites) {
  EXPECT_EQ(set_cookie(Cookie::token, "a.b.c", kNow + 1h, kNow, false),
            "rtcbot=a.b.c; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600");
  EXPECT_EQ(set_cookie(Cookie::token, "a.b.c", kNow + 1h, kNow, true),
            "__Host-rtcbot=a.b.c; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure");
  EXPECT_EQ(set_cookie(Cookie::session, "s", kNow + 1h, kNow, true),
            "__Host-rtcbot-session=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure");
  EXPECT_EQ(clear_cookie(Cookie::token, false), "rtcbot=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST(Session, HasAnIdThatDoesNotContainItsCookie) {
  EXPECT_EQ(session_id("abc"), "ba7816bf8f01cfea414140de");  // The start of SHA-256, FIPS 180-2 appendix B.1.
  EXPECT_TRUE(is_session(session_id("")));
}

TEST(Session, IsAShortTextThatNeedsNoEscapes) {
  for (const auto* text : {"a", "AZaz09_-", "01234567890123456789012345678901"}) EXPECT_TRUE(is_session(text)) << text;
  for (const auto* text : {"", "a/b", "a b", "\xC3\xA9", "012345678901234567890123456789012"}) {
    EXPECT_FALSE(is_session(text)) << text;
  }
}

TEST(Form, GivesTheFieldAskedFor) {
  EXPECT_EQ(form_value_in("token=a.b.c&next=%2F", "token"), "a.b.c");
  EXPECT_EQ(form_value_in("next=%2F", "token"), std::nullopt);
  EXPECT_EQ(form_value_in("token=a&token=b", "token"), std::nullopt);
}

TEST(Form, DecodesAndTakesNothingThatIsEncodedWrongly) {
  EXPECT_EQ(form_value_in("token=https%3A%2F%2Fa%2Flogin%23token%3Dx.y.z%0D%0A+", "token"),
            "https://a/login#token=x.y.z\r\n ");
  for (const auto* wrong : {"token=%", "token=%4", "token=%zz", "token=%+4", "token=%-1", "token=a%4"}) {
    EXPECT_EQ(form_value_in(wrong, "token"), std::nullopt) << wrong;
  }
}

TEST(Pasted, IsTheTokenALinkOrAPartOfOne) {
  for (const auto* text : {"x.y.z", " x.y.z\r\n", "token=x.y.z", "#token=x.y.z", "https://a/login#token=x.y.z",
                           "\thttp://a:8080/login#token=x.y.z ", "code=x.y.z", "https://a/r/login#code=x.y.z"}) {
    EXPECT_EQ(value_or_throw(pasted_token(text)), "x.y.z") << text;
  }
}

TEST(Pasted, SaysWhatItIsInstead) {
  const auto sentence = [](const char* text) {
    const auto token = pasted_token(text);
    return token ? "the token " + *token : std::string(token.error().what());
  };
  EXPECT_THAT(sentence(""), HasSubstr("Nothing was pasted"));
  EXPECT_THAT(sentence(" \n"), HasSubstr("Nothing was pasted"));
  EXPECT_THAT(sentence("https://a/login"), HasSubstr("\"#code=\" and the text after it are missing"));
  for (const auto* text : {"hello", "x.y", "x.y.z.w", "x.y.z and more",
                           "token=", "https://a/login#token=", "https://a/login#code=", "x.y.z<script>"}) {
    EXPECT_THAT(sentence(text), HasSubstr("neither a link of this server")) << text;
  }
}

TEST(ConstantTime, EqualityIsEquality) {
  EXPECT_TRUE(equal_in_constant_time("", ""));
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  for (const auto* other : {"", "s", "secre", "secrets", "Secret", "secretsecret"}) {
    EXPECT_FALSE(equal_in_constant_time(other, "secret")) << other;
  }
}

}  // namespace
}  // namespace rtcbot::access
