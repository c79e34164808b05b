#include "rtcbot/base/log_thinner.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(LogThinner, TellsTheFirstAndThenOneInAThousand) {
  LogThinner thinner;
  int told = 0;
  for (int i = 0; i < 10'000; ++i) told += thinner.next() ? 1 : 0;
  EXPECT_EQ(told, 5 + 9);
  EXPECT_EQ(thinner.next(), " (10001 so far)");
  EXPECT_EQ(thinner.next(), std::nullopt);
}

}  // namespace
}  // namespace rtcbot
