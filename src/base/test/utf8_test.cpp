#include "rtcbot/base/utf8.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(Utf8, IsRecognised) {
  for (const char* text :
       {"", "abc", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(as_utf8(text), text);
  }
}

TEST(Utf8, IsNotWhatIsCutOverlongAHalfPairOrBeyond) {
  for (const char* text : {"\xe9", "\x80", "\xc3", "\xe2\x82", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
                           "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xc3("}) {
    EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8(as_utf8(text)));
  }
}

TEST(Utf8, HasAReplacementForEachByteThatIsNone) {
  EXPECT_EQ(as_utf8("caf\xe9!"), "caf\xEF\xBF\xBD!");
  EXPECT_EQ(as_utf8("\xc0\xaf"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Utf8, IsCutBetweenCharacters) {
  EXPECT_EQ(cut_utf8("a\xc3\xa4", 2), "a");
  EXPECT_EQ(cut_utf8("a\xc3\xa4", 3), "a\xc3\xa4");
}

}  // namespace
}  // namespace rtcbot
