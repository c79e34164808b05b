#include "rtcbot/congestion/key_frame_wish.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr Timestamp at(std::int64_t ms) { return Timestamp(milliseconds(1'000'000 + ms)); }

/// The times, in ms, of the key frames that a viewer gets in `length` who does not lead, asks every half second, and
/// whose chain breaks `breaks_after` each of them.
std::vector<int> key_frames(int length, int breaks_after) {
  KeyFrameWish wish;
  wish.made(at(0));
  std::vector<int> made;
  int last = 0;
  for (int ms = 0; ms <= length; ms += 50) {
    if (ms - last >= breaks_after && ms % 500 == 0) wish.request(at(ms), false, at(last + breaks_after));
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
  wish.request(at(2'000), false);
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
  EXPECT_EQ(key_frames(40'000, 33), (std::vector<int>{5'000, 15'000, 25'000, 35'000}));
}

TEST(KeyFrameWish, OfALossyLinkIsGrantedEveryFewSecondsForGood) {
  EXPECT_EQ(key_frames(15'000, 1'500), (std::vector<int>{2'500, 5'000, 7'500, 10'000, 12'500, 15'000}));
}

TEST(KeyFrameWish, IsAsSoonAsEverOnceALinkHasHeld) {
  KeyFrameWish wish;
  wish.made(at(0));
  wish.request(at(500), false);
  EXPECT_FALSE(wish.due(at(4'999), false)) << "it broke at once";
  wish.made(at(5'000));
  wish.request(at(9'000), false);
  EXPECT_TRUE(wish.due(at(9'000), false)) << "four seconds later: the link can carry it";
}

TEST(KeyFrameWish, IsNotJudgedByARequestThatWasSentBeforeTheKeyFrameCame) {
  KeyFrameWish wish;
  wish.made(at(0));
  wish.request(at(200), false);
  EXPECT_TRUE(wish.due(at(2'500), false)) << "and not after five seconds";
  wish.request(at(600), false, at(33));
  EXPECT_FALSE(wish.due(at(4'999), false)) << "but by one that knows since when";
}

}  // namespace
}  // namespace rtcbot::congestion
