#include "rtcbot/base/ascii.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(AsciiControl, IsTrueOfControlCharactersOnly) {
  for (int value = 0; value < 256; ++value) {
    SCOPED_TRACE(value);
    EXPECT_EQ(is_ascii_control(static_cast<char>(value)), value < 0x20 || value == 0x7f);
  }
}

TEST(AsciiLower, ChangesCapitalLettersOnly) {
  for (int value = 0; value < 256; ++value) {
    SCOPED_TRACE(value);
    const bool is_capital = value >= 'A' && value <= 'Z';
    EXPECT_EQ(ascii_lower(static_cast<char>(value)), static_cast<char>(is_capital ? value + 32 : value));
  }
  EXPECT_EQ(ascii_lower("Example.ORG:80 \xc3\x84"), "example.org:80 \xc3\x84");
  EXPECT_EQ(ascii_lower(""), "");
}

TEST(Trim, RemovesBlanksAtBothEndsOnly) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim("a"), "a");
  EXPECT_EQ(trim(" \t"), "");
  EXPECT_EQ(trim(""), "");
  EXPECT_EQ(trim("a\r"), "a\r");
  EXPECT_EQ(trim("a\r", " \t\r"), "a");
}

}  // namespace
}  // namespace rtcbot
