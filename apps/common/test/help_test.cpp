#include "common/help.hpp"

#include <gtest/gtest.h>

namespace rtcbot::app {
namespace {

TEST(Wrapped, BreaksLinesBetweenWords) {
  EXPECT_EQ(wrapped("one two three four", 9), "one two\nthree\nfour");
  EXPECT_EQ(wrapped("one two", 7), "one two");
  EXPECT_EQ(wrapped("", 7), "");
}

TEST(Wrapped, LeavesLongWordsWhole) {
  EXPECT_EQ(wrapped("a /dev/serial/by-id/board b", 5), "a\n/dev/serial/by-id/board\nb");
}

TEST(Wrapped, CountsCharacters) { EXPECT_EQ(wrapped("\u2026\u2026 \u2026\u2026", 5), "\u2026\u2026 \u2026\u2026"); }

}  // namespace
}  // namespace rtcbot::app
