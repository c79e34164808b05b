#include "rtcbot/congestion/frame_chain.hpp"

#include <gtest/gtest.h>

namespace rtcbot::congestion {
namespace {

TEST(FrameChain, BeginsWithAKeyFrameOnly) {
  FrameChain chain;
  EXPECT_TRUE(chain.needs_key_frame());
  EXPECT_FALSE(chain.accept(4, false));
  EXPECT_TRUE(chain.accept(5, true));
  EXPECT_FALSE(chain.needs_key_frame());
}

TEST(FrameChain, AcceptsDeltaFramesWithoutAGap) {
  FrameChain chain;
  ASSERT_TRUE(chain.accept(1, true));
  EXPECT_TRUE(chain.accept(2, false));
  EXPECT_TRUE(chain.accept(3, false));
}

TEST(FrameChain, AcceptsNothingAfterAGapUntilAKeyFrame) {
  FrameChain chain;
  ASSERT_TRUE(chain.accept(1, true));
  EXPECT_FALSE(chain.accept(3, false));
  EXPECT_TRUE(chain.needs_key_frame());
  EXPECT_FALSE(chain.accept(4, false)) << "it refers to frame 3, which was not passed on";
  EXPECT_TRUE(chain.accept(5, true));
  EXPECT_TRUE(chain.accept(6, false));
}

TEST(FrameChain, RefusesAFrameGivenTwice) {
  FrameChain chain;
  ASSERT_TRUE(chain.accept(1, true));
  ASSERT_TRUE(chain.accept(2, false));
  EXPECT_FALSE(chain.accept(2, false));
}

TEST(FrameChain, NeedsAKeyFrameAfterBreakingOff) {
  FrameChain chain;
  ASSERT_TRUE(chain.accept(1, true));
  chain.break_off();
  EXPECT_FALSE(chain.accept(2, false));
}

TEST(FrameChain, FollowsAnEncoderThatCountsFromTheBeginningAgain) {
  FrameChain chain;
  ASSERT_TRUE(chain.accept(100, true));
  EXPECT_TRUE(chain.accept(0, true));
  EXPECT_TRUE(chain.accept(1, false));
}

}  // namespace
}  // namespace rtcbot::congestion
