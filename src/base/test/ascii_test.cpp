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

TEST(AsciiGraphic, IsTrueOfVisibleCharactersOnly) {
  for (int value = 0; value < 256; ++value) {
    SCOPED_TRACE(value);
    EXPECT_EQ(is_ascii_graphic(static_cast<char>(value)), value > 0x20 && value < 0x7f);
  }
}

TEST(Printable, HasNoControlCharacterAndKeepsEverythingElse) {
  EXPECT_EQ(printable("k\xc3\xbc"
                      "che\x1b[31m\x7f\n"),
            "k\xc3\xbc"
            "che?[31m??");
  EXPECT_EQ(printable("a\r\nb\x7f", ' '), "a  b ");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "?");
  EXPECT_EQ(printable(""), "");
}

TEST(Excerpt, IsShortAndPrintableAscii) {
  EXPECT_EQ(excerpt("plain text"), "plain text");
  EXPECT_EQ(excerpt("k\xc3\xbc"
                    "che\x1b\x7f"),
            "k??che??");
  EXPECT_EQ(excerpt("12345678", 8), "12345678");
  EXPECT_EQ(excerpt("123456789", 8), "12345678...");
}

}  // namespace
}  // namespace rtcbot
