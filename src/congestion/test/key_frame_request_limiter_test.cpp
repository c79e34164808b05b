#include "rtcbot/congestion/key_frame_request_limiter.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp at(std::int64_t ms) { return Timestamp(milliseconds(1'000'000 + ms)); }

/// The times, in ms, of the key frames that a viewer gets in `length` who does not lead, asks four times a
/// second, and whose chain breaks `breaks_after` each of them.
std::vector<int> key_frames(int length, int breaks_after) {
  KeyFrameRequestLimiter limiter;
  limiter.made(at(0));
  std::vector<int> made;
  int last = 0;
  for (int ms = 0; ms <= length; ms += 50) {
    if (ms - last >= breaks_after && ms % 250 == 0) limiter.request(at(ms), false, at(last + breaks_after));
    if (!limiter.due(at(ms), false)) continue;
    limiter.made(at(ms));
    made.push_back(ms);
    last = ms;
  }
  return made;
}

TEST(KeyFrameRequestLimiter, CountsRequestsThatMeetAsOne) {
  KeyFrameRequestLimiter limiter;
  limiter.request(at(0), true);
  limiter.request(at(0), true);
  EXPECT_TRUE(limiter.due(at(0), true));
  limiter.made(at(0));
  EXPECT_FALSE(limiter.due(at(500), true));
}

TEST(KeyFrameRequestLimiter, OfWhoLeadsIsGrantedOnceInAHundredMilliseconds) {
  KeyFrameRequestLimiter limiter;
  limiter.made(at(0));
  limiter.request(at(1), true);
  EXPECT_FALSE(limiter.due(at(99), true));
  EXPECT_TRUE(limiter.due(at(100), true)) << "the request is kept, not lost";
}

TEST(KeyFrameRequestLimiter, OfAnotherWaitsForSecondsAfterWhateverKeyFrame) {
  KeyFrameRequestLimiter limiter;
  limiter.request(at(0), false);
  EXPECT_TRUE(limiter.due(at(0), false)) << "there was none yet";
  limiter.made(at(0));
  limiter.request(at(2'000), false);  // after it held for two seconds
  EXPECT_FALSE(limiter.due(at(2'499), false));
  EXPECT_TRUE(limiter.due(at(2'500), false));
}

TEST(KeyFrameRequestLimiter, IsTheLeadersAtOnceWhenItComesToLead) {
  KeyFrameRequestLimiter limiter;
  limiter.made(at(0));
  limiter.request(at(400), false);
  EXPECT_FALSE(limiter.due(at(401), false));
  EXPECT_TRUE(limiter.due(at(401), true));
}

TEST(KeyFrameRequestLimiter, GetsRarerWhileTheLinkIsTooSmall) {
  EXPECT_EQ(key_frames(20'000, 33), (std::vector<int>{500, 1'500, 3'500, 7'500, 12'500, 17'500}));
}

TEST(KeyFrameRequestLimiter, OfALossyLinkIsGrantedEveryFewSecondsForGood) {
  EXPECT_EQ(key_frames(15'000, 1'500), (std::vector<int>{2'500, 5'000, 7'500, 10'000, 12'500, 15'000}));
}

TEST(KeyFrameRequestLimiter, IsAsSoonAsEverOnceALinkHasHeld) {
  KeyFrameRequestLimiter limiter;
  for (const int ms : {0, 500, 1'500, 3'500, 7'500}) {
    EXPECT_TRUE(ms == 0 || limiter.due(at(ms), false)) << ms;
    limiter.made(at(ms));
    limiter.request(at(ms + 400), false);
  }
  EXPECT_FALSE(limiter.due(at(12'499), false)) << "it broke at once, each time";
  limiter.made(at(12'500));
  limiter.request(at(15'000), false);
  EXPECT_TRUE(limiter.due(at(15'000), false)) << "two and a half seconds later: the link can carry it";
}

TEST(KeyFrameRequestLimiter, IsNotJudgedByARequestThatWasSentBeforeTheKeyFrameCame) {
  KeyFrameRequestLimiter limiter;
  limiter.made(at(0));
  limiter.request(at(200), false);
  EXPECT_FALSE(limiter.due(at(600), false)) << "it need not have broken at all";
  EXPECT_TRUE(limiter.due(at(2'500), false));
  limiter.request(at(2'500), false, at(33));
  EXPECT_TRUE(limiter.due(at(2'500), false)) << "but by one that knows since when";
}

}  // namespace
}  // namespace rtcbot::congestion
