#include "rtcbot/access/ended_sessions.hpp"

#include <gtest/gtest.h>

namespace rtcbot::access {
namespace {

using namespace std::chrono_literals;

constexpr UnixTime kNow{1'700'000'000s};

TEST(EndedSessions, AreRememberedUntilTheirCredentialExpires) {
  EndedSessions sessions;
  EXPECT_TRUE(sessions.add("a", kNow + 10s, kNow));
  EXPECT_FALSE(sessions.add("a", kNow + 10s, kNow)) << "it ended already";
  EXPECT_FALSE(sessions.add("b", kNow, kNow)) << "its credential has expired";
  EXPECT_TRUE(sessions.contains("a"));
  EXPECT_FALSE(sessions.contains("b"));
  EXPECT_TRUE(sessions.add("c", kNow + 60s, kNow + 10s));
  EXPECT_FALSE(sessions.contains("a"));
  EXPECT_EQ(sessions.size(), 1U);
}

TEST(EndedSessions, AreBoundedAndForgetTheOneThatWouldExpireFirst) {
  EndedSessions sessions(2);
  sessions.add("first", kNow + 10s, kNow);
  sessions.add("last", kNow + 30s, kNow);
  sessions.add("middle", kNow + 20s, kNow);
  EXPECT_EQ(sessions.size(), 2U);
  EXPECT_FALSE(sessions.contains("first"));
  EXPECT_TRUE(sessions.contains("last"));
}

}  // namespace
}  // namespace rtcbot::access
