#include "told_reasons.hpp"

#include <gtest/gtest.h>

namespace rtcbot::media {
namespace {

TEST(ToldReasons, AnotherReasonIsNewsTheSameIsNot) {
  ToldReasons told;
  EXPECT_TRUE(told.is_news("cannot be reached (pipeline1)"));
  EXPECT_FALSE(told.is_news("cannot be reached (pipeline2)")) << "only a number differs";
  EXPECT_TRUE(told.is_news("refuses the password (401)"));
  EXPECT_FALSE(told.is_news("cannot be reached (pipeline3)"));
}

TEST(ToldReasons, AllIsNewsAgainOnceTheCameraHasWorked) {
  ToldReasons told;
  EXPECT_TRUE(told.is_news("unplugged"));
  told.clear();
  EXPECT_TRUE(told.is_news("unplugged"));
}

TEST(ToldReasons, AreBounded) {
  ToldReasons told;
  int news = 0;
  for (char c = 'a'; c <= 'z'; ++c) news += told.is_news(std::string(1, c)) ? 1 : 0;
  EXPECT_EQ(news, static_cast<int>(ToldReasons::kMax));
}

}  // namespace
}  // namespace rtcbot::media
