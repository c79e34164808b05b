#include "rtcbot/base/log_sampler.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(LogSampler, TellsTheFirstAndThenOneInAThousand) {
  LogSampler sampler;
  int told = 0;
  for (int i = 0; i < 10'000; ++i) told += sampler.next() ? 1 : 0;
  EXPECT_EQ(told, 5 + 9);
  EXPECT_EQ(sampler.next(), " (10001 so far)");
  EXPECT_EQ(sampler.next(), std::nullopt);
}

}  // namespace
}  // namespace rtcbot
