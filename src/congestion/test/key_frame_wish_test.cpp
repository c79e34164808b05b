#include "rtcbot/congestion/key_frame_wish.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp at(std::int64_t ms) { return Timestamp(milliseconds(1'000'000 + ms)); }

/// The times, in ms, of the key frames that a viewer gets in `length` who does not lead, asks four times a
/// second, and whose chain breaks `breaks_after` each of them.
std::vector<int> key_frames(int length, int breaks_after) {
  KeyFrameWish wish;
  wish.made(at(0));
  std::vector<int> made;
  int last = 0;
  for (int ms = 0; ms <= length; ms += 50) {
    if (ms - last >= breaks_after && ms % 250 == 0) wish.request(at(ms), false, at(last + breaks_after));
    if (!wish.due(at(ms), false)) continue;
    wish.made(at(ms));
    made.push_back(ms);
    last = ms;
  }
  return made;
}

TEST(KeyFrameWish, CountsRequestsThatMeetAsOne) {
  KeyFrameWish wish;
  wish.request(at(0), true);
  wish.request(at(0), true);
  EXPECT_TRUE(wish.due(at(0), true));
  wish.made(at(0));
  EXPECT_FALSE(wish.due(at(500), true));
}

TEST(KeyFrameWish, OfWhoLeadsIsGrantedOnceInAHundredMilliseconds) {
  KeyFrameWish wish;
  wish.made(at(0));
  wish.request(at(1), true);
  EXPECT_FALSE(wish.due(at(99), true));
  EXPECT_TRUE(wish.due(at(100), true)) << "the request is kept, not lost";
}

TEST(KeyFrameWish, OfAnotherWaitsForSecondsAfterWhateverKeyFrame) {
  KeyFrameWish wish;
  wish.request(at(0), false);
  EXPECT_TRUE(wish.due(at(0), false)) << "there was none yet";
  wish.made(at(0));
  wish.request(at(2'000), false);  // after it held for two seconds
  EXPECT_FALSE(wish.due(at(2'499), false));
  EXPECT_TRUE(wish.due(at(2'500), false));
}

TEST(KeyFrameWish, IsTheLeadersAtOnceWhenItComesToLead) {
  KeyFrameWish wish;
  wish.made(at(0));
  wish.request(at(400), false);
  EXPECT_FALSE(wish.due(at(401), false));
  EXPECT_TRUE(wish.due(at(401), true));
}

TEST(KeyFrameWish, GetsRarerWhileTheLinkIsTooSmall) {
  EXPECT_EQ(key_frames(20'000, 33), (std::vector<int>{500, 1'500, 3'500, 7'500, 12'500, 17'500}));
}

TEST(KeyFrameWish, OfALossyLinkIsGrantedEveryFewSecondsForGood) {
  EXPECT_EQ(key_frames(15'000, 1'500), (std::vector<int>{2'500, 5'000, 7'500, 10'000, 12'500, 15'000}));
}

TEST(KeyFrameWish, IsAsSoonAsEverOnceALinkHasHeld) {
  KeyFrameWish wish;
  for (const int ms : {0, 500, 1'500, 3'500, 7'500}) {
    EXPECT_TRUE(ms == 0 || wish.due(at(ms), false)) << ms;
    wish.made(at(ms));
    wish.request(at(ms + 400), false);
  }
  EXPECT_FALSE(wish.due(at(12'499), false)) << "it broke at once, each time";
  wish.made(at(12'500));
  wish.request(at(15'000), false);
  EXPECT_TRUE(wish.due(at(15'000), false)) << "two and a half seconds later: the link can carry it";
}

TEST(KeyFrameWish, IsNotJudgedByARequestThatWasSentBeforeTheKeyFrameCame) {
  KeyFrameWish wish;
  wish.made(at(0));
  wish.request(at(200), false);
  EXPECT_FALSE(wish.due(at(600), false)) << "it need not have broken at all";
  EXPECT_TRUE(wish.due(at(2'500), false));
  wish.request(at(2'500), false, at(33));
  EXPECT_TRUE(wish.due(at(2'500), false)) << "but by one that knows since when";
}

}  // namespace
}  // namespace rtcbot::congestion
