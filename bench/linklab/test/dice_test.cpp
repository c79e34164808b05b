#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "rtcbot/linklab/link.hpp"
#include "rtcbot/linklab/random.hpp"

namespace rtcbot::linklab {
namespace {

using std::chrono::milliseconds;
using testing::Each;

/// For each packet whether it is lost.
std::vector<bool> losses(const LinkConfig& config, int count) {
  Link link(config);
  std::vector<bool> result;
  for (int i = 0; i < count; ++i) {
    const Timestamp now{milliseconds(i)};
    result.push_back(link.offer(now, DataSize::bytes(100), 0) == Offered::lost);
    if (link.advance(now).size() > 100) break;  // cannot be: keeps the queue short
  }
  return result;
}

LinkConfig lossy(GilbertElliott loss, std::uint64_t seed) {
  LinkConfig config;
  config.loss = loss;
  config.seed = seed;
  return config;
}

double share(const std::vector<bool>& lost) {
  return static_cast<double>(std::count(lost.begin(), lost.end(), true)) / static_cast<double>(lost.size());
}

double mean_burst(const std::vector<bool>& lost) {
  std::int64_t bursts = 0;
  for (std::size_t i = 0; i < lost.size(); ++i) bursts += lost[i] && (i == 0 || !lost[i - 1]) ? 1 : 0;
  return static_cast<double>(std::count(lost.begin(), lost.end(), true)) / static_cast<double>(bursts);
}

TEST(Random, IsTheSameSequenceEverywhere) {
  // The published values of SplitMix64 for the seed 1234567.
  Random dice(1234567);
  EXPECT_EQ(dice.next(), 6457827717110365317U);
  EXPECT_EQ(dice.next(), 3203168211198807973U);
  EXPECT_EQ(dice.next(), 9817491932198370423U);
}

TEST(Random, StaysBetweenItsBounds) {
  Random dice(1);
  std::vector<int> seen(5);
  for (int i = 0; i < 5000; ++i) ++seen[static_cast<std::size_t>(dice.between(-2, 2) + 2)];
  EXPECT_THAT(seen, Each(testing::AllOf(testing::Gt(850), testing::Lt(1150))));
}

TEST(GilbertElliott, LosesWhatItsStatesSay) {
  const GilbertElliott loss{0.01, 0.25, 0.001, 0.8};
  const auto lost = losses(lossy(loss, 42), 400'000);
  EXPECT_NEAR(loss.mean_loss(), 0.01 / 0.26 * 0.8 + 0.25 / 0.26 * 0.001, 1e-12);
  EXPECT_NEAR(share(lost), loss.mean_loss(), 0.03 * loss.mean_loss());
}

TEST(GilbertElliott, LosesInBurstsOfTheirMeanLength) {
  const auto lost = losses(lossy({0.005, 0.2, 0, 1}, 42), 400'000);
  EXPECT_NEAR(mean_burst(lost), 1 / 0.2, 0.2);
  EXPECT_NEAR(share(lost), 0.005 / 0.205, 0.0015);
}

TEST(GilbertElliott, WithoutBurstsIsEachPacketAlone) {
  const auto lost = losses(lossy({0, 1, 0.1, 0}, 42), 200'000);
  EXPECT_NEAR(share(lost), 0.1, 0.003);
  EXPECT_NEAR(mean_burst(lost), 1 / 0.9, 0.02);
}

TEST(Seed, SameSameOtherOther) {
  const GilbertElliott loss{0.02, 0.3, 0, 0.9};
  const auto first = losses(lossy(loss, 7), 5000);
  EXPECT_EQ(first, losses(lossy(loss, 7), 5000));
  EXPECT_NE(first, losses(lossy(loss, 8), 5000));
}

TEST(Seed, LosesTheSamePacketsWhateverTheRateAndTheReordering) {
  auto config = lossy({0.02, 0.3, 0, 0.9}, 7);
  const auto first = losses(config, 5000);
  config.rate = DataRate::kilobits_per_second(10);
  config.queue_limit = DataSize::bytes(1000);
  config.reordering = {0.5, milliseconds(10)};
  EXPECT_EQ(first, losses(config, 5000));
}

TEST(Seed, BeginsAnewWithTheLink) {
  const auto config = lossy({0.02, 0.3, 0, 0.9}, 7);
  Link link(config);
  for (int i = 0; i < 333; ++i) link.offer(Timestamp{}, DataSize::bytes(100), 0);
  link.restart(Timestamp{milliseconds(1)});
  std::vector<bool> second;
  for (int i = 0; i < 1000; ++i) second.push_back(link.offer(Timestamp{}, DataSize::bytes(100), 0) == Offered::lost);
  EXPECT_EQ(second, losses(config, 1000));
}

}  // namespace
}  // namespace rtcbot::linklab
