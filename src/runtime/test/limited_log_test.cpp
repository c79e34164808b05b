#include "rtcbot/runtime/limited_log.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <vector>

namespace rtcbot::runtime {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr Timestamp kStart{seconds(100)};

TEST(LimitedLog, PassesOnAFewLinesAndThenTheCount) {
  std::vector<LogRecord> written;
  LimitedLog log([&](const LogRecord& record) { written.push_back(record); }, LogLevel::info, "viewer",
                 {.rate = {.per_second = 0.1, .burst = 1}, .summary_interval = seconds(10)});
  for (int i = 0; i < 50; ++i) log.write(kStart, "closed", {LogLevel::warning, "viewer", "closed"});
  log.write(kStart, "failed", {LogLevel::info, "viewer", "failed"});
  log.flush(kStart + seconds(9));
  EXPECT_EQ(written.size(), 2U);
  EXPECT_EQ(log.next_timeout(), kStart + seconds(10));
  log.flush(log.next_timeout());
  EXPECT_EQ(log.next_timeout(), kNever);
  EXPECT_THAT(written, ElementsAre(LogRecord{LogLevel::warning, "viewer", "closed"},
                                   LogRecord{LogLevel::info, "viewer", "failed"},
                                   LogRecord{LogLevel::info, "viewer", "closed … and 49 more like this"}));
  EXPECT_EQ(log.suppressed(), 49);
}

TEST(LimitedLog, CountsAlsoWhereNobodyListens) {
  LimitedLog log({}, LogLevel::info, "viewer", {.rate = {.per_second = 0.1, .burst = 1}});
  for (int i = 0; i < 3; ++i) log.write(kStart, "closed", {LogLevel::info, "viewer", "closed"});
  log.flush(kNever);
  EXPECT_EQ(log.suppressed(), 2);
}

}  // namespace
}  // namespace rtcbot::runtime
