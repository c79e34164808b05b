#include "rtcbot/access/fields.hpp"

#include <gtest/gtest.h>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;

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
  EXPECT_EQ(set_cookie("a.b.c", kNow + 1h, kNow, false), "rtcbot=a.b.c; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600");
  EXPECT_EQ(set_cookie("a.b.c", kNow + 1h, kNow, true),
            "__Host-rtcbot=a.b.c; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600; Secure");
  EXPECT_EQ(clear_cookie(false), "rtcbot=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

TEST(Form, GivesTheFieldAskedFor) {
  EXPECT_EQ(form_value_in("token=a.b.c&next=%2F", "token"), "a.b.c");
  EXPECT_EQ(form_value_in("next=%2F", "token"), std::nullopt);
  EXPECT_EQ(form_value_in("token=a&token=b", "token"), std::nullopt);
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
