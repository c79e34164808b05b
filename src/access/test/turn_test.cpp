#include "rtcbot/access/turn.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "support/tokens.hpp"

namespace rtcbot::access {
namespace {

using namespace testing;

TEST(TurnCredential, IsWhatCoturnComputes) {
  // printf 1790000000:anna | openssl dgst -sha1 -hmac north -binary | base64
  const auto made = turn_credential({"turn:relay.example.org"}, "north", "anna", kNow);
  EXPECT_EQ(made.username, "1790000000:anna");
  EXPECT_EQ(made.credential, "BJgThbZOfmj9HaIeoLL5k/sz9G4=");
  EXPECT_EQ(made.urls, std::vector<std::string>{"turn:relay.example.org"});
  EXPECT_EQ(turn_credential({}, "north", "", kNow).username, "1790000000");
}

TEST(TurnCredential, EndsWithItsOwnersRightAtTheLatest) {
  EXPECT_EQ(turn_expiry(kNow, 3600s, kNow + 5min), kNow + 5min);
  const auto ends = turn_expiry(kNow, 3600s, kNow + 24h);
  EXPECT_LE(ends, kNow + 3600s);
  EXPECT_GE(ends, kNow + 2700s);
}

TEST(TurnCredential, IsTheSameForWhoAsksAgainSoThatNobodyGathersMany) {
  std::set<UnixTime> good;
  for (auto now = kNow; now < kNow + 3600s; now += 1s) good.insert(turn_expiry(now, 3600s));
  EXPECT_LE(good.size(), 5u);
  EXPECT_EQ(turn_expiry(kNow, 1s), kNow + 1s);
}

std::vector<Relay> three() { return {{{"turn:a"}, 1}, {{"turn:b"}, 2}, {{"turn:c"}, 7}}; }

Dice dice(std::uint64_t seed) {
  return [random = std::mt19937_64(seed)](std::uint64_t below) mutable {
    return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random);
  };
}

TEST(Relays, AreChosenAsOftenAsTheirWeightSays) {
  std::map<std::string, int> first;
  const auto throw_dice = dice(7);
  for (int i = 0; i < 10'000; ++i) ++first[pick_relays(three(), 1, throw_dice).at(0).urls.at(0)];
  EXPECT_NEAR(first["turn:a"], 1'000, 150);
  EXPECT_NEAR(first["turn:b"], 2'000, 200);
  EXPECT_NEAR(first["turn:c"], 7'000, 250);
}

TEST(Relays, AreDifferentOnesAndNoMoreThanThereAre) {
  const auto throw_dice = dice(3);
  for (int i = 0; i < 200; ++i) {
    const auto two = pick_relays(three(), 2, throw_dice);
    ASSERT_EQ(two.size(), 2u);
    EXPECT_NE(two[0], two[1]);
  }
  EXPECT_EQ(pick_relays(three(), 9, throw_dice).size(), 3u);
  EXPECT_TRUE(pick_relays({}, 2, throw_dice).empty());
  EXPECT_TRUE(pick_relays(three(), 0, throw_dice).empty());
}

}  // namespace
}  // namespace rtcbot::access
