#include "rtcbot/base/log_rate_limiter.hpp"

#include <gtest/gtest.h>

namespace rtcbot {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(100)};

/// `count` lines within a second. @return how many were written.
int flood(LogRateLimiter& limiter, Timestamp from, const std::string& key, int count) {
  int written = 0;
  for (int i = 0; i < count; ++i) {
    const Timestamp now = from + Duration(seconds(1)) * i / count;
    written += limiter.allow(now, key, "line " + std::to_string(i)) ? 1 : 0;
  }
  return written;
}

TEST(LogRateLimiter, WritesAFewLinesOfAFloodAndCountsTheRestOnce) {
  LogRateLimiter limiter({.rate = {.per_second = 0.2, .burst = 10}, .summary_interval = seconds(10)});
  EXPECT_EQ(limiter.next_timeout(), kNever);
  EXPECT_EQ(flood(limiter, kStart, "7/lease", 500), 10);
  EXPECT_EQ(limiter.suppressed(), 490);
  const Timestamp due = limiter.next_timeout();
  EXPECT_GT(due, kStart + seconds(10));
  EXPECT_LE(due, kStart + seconds(11));
  EXPECT_FALSE(limiter.poll_summary(due - Duration(1)));
  const auto summary = limiter.poll_summary(due);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->key, "7/lease");
  EXPECT_EQ(summary->text(), "line 499 … and 490 more like this");
  EXPECT_FALSE(limiter.poll_summary(due + hours(1)));
  EXPECT_EQ(limiter.next_timeout(), kNever);
}

TEST(LogRateLimiter, ReportsAFloodThatGoesOnOncePerInterval) {
  LogRateLimiter limiter({.rate = {.per_second = 0.2, .burst = 10}, .summary_interval = seconds(10)});
  std::int64_t written = 0, counted = 0, summaries = 0;
  for (int second = 0; second < 600; ++second) {
    written += flood(limiter, kStart + seconds(second), "7/lease", 100);
    while (const auto summary = limiter.poll_summary(kStart + seconds(second + 1))) {
      ++summaries;
      counted += summary->suppressed;
    }
  }
  EXPECT_LE(written, 10 + 120);
  EXPECT_LE(summaries, 60);
  while (const auto summary = limiter.poll_summary(kStart + seconds(620))) counted += summary->suppressed;
  EXPECT_EQ(written + counted, 60'000) << "nothing is lost without a count";
}

TEST(LogRateLimiter, NobodysFloodHidesAnothersLine) {
  LogRateLimiter limiter;
  EXPECT_LT(flood(limiter, kStart, "7/stop", 500), 20);
  EXPECT_TRUE(limiter.allow(kStart + seconds(1), "8/stop", "emergency stop"));
  EXPECT_TRUE(limiter.allow(kStart + seconds(1), "7/lease", "took the controls"));
}

TEST(LogRateLimiter, LogsAgainAfterAPause) {
  LogRateLimiter limiter({.rate = {.per_second = 1, .burst = 2}});
  EXPECT_EQ(flood(limiter, kStart, "a", 100), 2);
  EXPECT_TRUE(limiter.allow(kStart + seconds(2), "a", "line"));
  EXPECT_EQ(flood(limiter, kStart + hours(1), "a", 100), 2);
}

TEST(LogRateLimiter, KeepsABoundedNumberOfKeysAndGivesNewOnesNothingExtra) {
  LogRateLimiter limiter({.rate = {.per_second = 0.001, .burst = 1}, .max_keys = 4});
  int written = 0;
  for (int i = 0; i < 1'000; ++i) written += limiter.allow(kStart, "viewer " + std::to_string(i), "line") ? 1 : 0;
  EXPECT_EQ(written, 5) << "one of each key, and one of all the others";
  const auto summary = limiter.poll_summary(kStart + seconds(20));
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->suppressed, 995);
}

TEST(LogRateLimiter, GivesThePlaceOfAKeyThatIsSilentToANewOne) {
  LogRateLimiter limiter({.rate = {.per_second = 1, .burst = 1}, .max_keys = 2});
  EXPECT_TRUE(limiter.allow(kStart, "a", "line"));
  EXPECT_TRUE(limiter.allow(kStart, "b", "line"));
  EXPECT_TRUE(limiter.allow(kStart + seconds(2), "c", "line"));
  EXPECT_TRUE(limiter.allow(kStart + seconds(2), "d", "line"));
  EXPECT_FALSE(limiter.allow(kStart + seconds(2), "c", "line")) << "it has a place of its own";
}

TEST(LogRateLimiter, QuotesALongLineInPart) {
  LogRateLimiter limiter({.rate = {.per_second = 1, .burst = 1}, .summary_interval = milliseconds(0)});
  EXPECT_TRUE(limiter.allow(kStart, "a", ""));
  EXPECT_FALSE(limiter.allow(kStart, "a", "x" + std::string(100'000, 'y')));
  EXPECT_EQ(limiter.poll_summary(kStart)->sample.size(), 200U);
  std::string arrows = "x";
  while (arrows.size() < 500) arrows += "→";
  EXPECT_FALSE(limiter.allow(kStart, "a", arrows));
  EXPECT_EQ(limiter.poll_summary(kStart)->sample.size(), 199U) << "between two characters";
}

}  // namespace
}  // namespace rtcbot
