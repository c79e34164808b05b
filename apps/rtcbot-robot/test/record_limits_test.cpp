#include "rtcbot-robot/record_limits.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace rtcbot::app {
namespace {

using safety::CommandRecord;
using safety::Event;
using safety::Output;
using safety::StopReason;
using safety::ViewerId;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Timestamp kStart{seconds(100)};
const ViewerId flooder{7}, driver{8};

std::int64_t counted(RecordLimits& limits, Timestamp now) {
  std::int64_t count = 0;
  limits.report(now, [&](std::string_view, const auto& summary) { count += summary.suppressed; });
  return count;
}

TEST(RecordLimits, AFloodOfEventsIsAFewRecordsAndACount) {
  RecordLimits limits;
  int recorded = 0;
  for (int i = 0; i < 1'500; ++i) {
    const Event event{.kind = Event::Kind::lease, .viewer = flooder, .text = "asks to drive", .cause = flooder};
    recorded += limits.allow(kStart + milliseconds(2 * i), event) ? 1 : 0;
  }
  EXPECT_LT(recorded, 30);
  EXPECT_EQ(recorded + limits.suppressed(), 1'500);
  EXPECT_EQ(counted(limits, kStart + seconds(20)), limits.suppressed());
  EXPECT_EQ(counted(limits, kNever), 0);
}

TEST(RecordLimits, NobodysFloodHidesAStopOrAChangeOfDriver) {
  RecordLimits limits;
  for (const bool changes_driver : {false, true}) {
    for (const auto kind : {Event::Kind::output, Event::Kind::lease, Event::Kind::stop}) {
      const Event flood{.kind = kind, .viewer = driver, .cause = flooder, .changes_driver = changes_driver};
      for (int i = 0; i < 1'000; ++i) (void)limits.allow(kStart, flood);
    }
  }
  const Event own{.kind = Event::Kind::lease, .viewer = driver, .text = "asks to drive", .cause = driver};
  for (int i = 0; i < 1'000; ++i) (void)limits.allow(kStart, own);
  EXPECT_TRUE(limits.allow(kStart, Event{.kind = Event::Kind::stop, .viewer = driver, .cause = driver}));
  EXPECT_TRUE(limits.allow(kStart, Event{.kind = Event::Kind::stop, .text = "the robot's own"}));
  EXPECT_TRUE(limits.allow(kStart, Event{.kind = Event::Kind::lease, .cause = driver, .changes_driver = true}));
}

TEST(RecordLimits, CommandsWhoseVerdictAlternatesAreLimitedAndTheNewestVerdictFollows) {
  using Disposition = CommandRecord::Disposition;
  RecordLimits limits;
  int recorded = 0;
  Timestamp now = kStart;
  for (int i = 0; i < 2'000; ++i, now += milliseconds(5)) {
    const auto disposition = i % 2 == 0 ? Disposition::accepted : Disposition::out_of_order;
    recorded += limits.allow(now, CommandRecord{.driver = driver, .disposition = disposition}) ? 1 : 0;
  }
  EXPECT_LT(recorded, 40 + 12 * 10 + 1);
  EXPECT_GT(limits.suppressed(), 800);
  EXPECT_TRUE(limits.allow(now + seconds(1), CommandRecord{.driver = driver, .disposition = Disposition::stale}));
}

TEST(RecordLimits, AnotherDriversCommandIsRecordedWhateverTheLastOneSent) {
  using Disposition = CommandRecord::Disposition;
  RecordLimits limits;
  for (int i = 0; i < 2'000; ++i) {
    const auto disposition = i % 2 == 0 ? Disposition::accepted : Disposition::out_of_order;
    (void)limits.allow(kStart, CommandRecord{.driver = flooder, .disposition = disposition});
  }
  EXPECT_TRUE(limits.allow(kStart, CommandRecord{.driver = driver}));
}

TEST(RecordLimits, LinesOfOneRoomLeaveOthersTheirs) {
  RecordLimits limits;
  int recorded = 0;
  for (int i = 0; i < 5'000; ++i) recorded += limits.allow_line(kStart, "engine, warning", "line") ? 1 : 0;
  EXPECT_LE(recorded, 200);
  EXPECT_TRUE(limits.allow_line(kStart, "driving, info", "line"));
}

/// As the driving thread asks: at each change and every 100 ms.
class OutputFlood {
 public:
  int write(const Output& output) {
    recorded_.push_back(output);
    if (sieve.passes(now, output)) return 1;
    recorded_.pop_back();
    return 0;
  }
  [[nodiscard]] const Output& last() const { return recorded_.back(); }

  OutputSieve sieve;
  Timestamp now = kStart;

 private:
  std::vector<Output> recorded_;
};

TEST(OutputSieve, RecordsEachChangeOfAPersonsDriving) {
  OutputFlood flood;
  int recorded = 0;
  Output output{.why = StopReason::none, .speed = 1};
  for (int i = 0; i < 500; ++i, flood.now += milliseconds(20)) {
    output.controls.axis[0] = 0.001 * i;
    recorded += flood.write(output);
  }
  EXPECT_EQ(recorded, 500);
}

TEST(OutputSieve, AnOutputThatHadNoRoomFollowsAsSoonAsThereIsSome) {
  OutputFlood flood;
  int recorded = 0;
  const Output stopped{.why = StopReason::stale_video}, moves{.why = StopReason::none, .speed = 1};
  for (int i = 0; i < 400; ++i, flood.now += milliseconds(5)) recorded += flood.write(i % 2 == 0 ? moves : stopped);
  EXPECT_LT(recorded, 400);
  for (int i = 0; i < 10; ++i, flood.now += milliseconds(100)) recorded += flood.write(stopped);
  EXPECT_EQ(flood.last(), stopped);
  std::int64_t counted = 0;
  while (const auto summary = flood.sieve.poll_summary(kNever)) counted += summary->suppressed;
  EXPECT_GT(counted, 0);
}

TEST(OutputSieve, AFloodOfOneReasonLeavesTheOthersTheirRecords) {
  OutputFlood flood;
  Output output{.why = StopReason::none, .speed = 1};
  for (int i = 0; i < 5'000; ++i) {
    output.controls.axis[0] = 0.0001 * i;
    flood.write(i % 3 == 0 ? Output{.why = StopReason::stale_video} : output);
  }
  EXPECT_EQ(flood.write({.why = StopReason::emergency_stop}), 1);
  EXPECT_EQ(flood.write({.why = StopReason::dead_man}), 1);
}

}  // namespace
}  // namespace rtcbot::app
