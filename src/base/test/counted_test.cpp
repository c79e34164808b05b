#include "rtcbot/base/counted.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

TEST(Counted, HasTheNounInItsNumber) {
  EXPECT_EQ(counted(0, "viewer"), "0 viewers");
  EXPECT_EQ(counted(1, "viewer"), "1 viewer");
  EXPECT_EQ(counted(std::size_t{2}, "viewer"), "2 viewers");
  EXPECT_EQ(counted(1, "viewer stays", "viewers stay"), "1 viewer stays");
  EXPECT_EQ(counted(11, "viewer stays", "viewers stay"), "11 viewers stay");
}

}  // namespace
}  // namespace rtcbot
