// What the estimate and the gate do on links of every kind, a sentence each. Bounds are what a user must be able to
// rely on, with some air; what was measured stands in docs/congestion.md.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "rtcbot/linklab/spec.hpp"
#include "virtual_call.hpp"

namespace rtcbot::scenarios {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }

linklab::LinkConfig link_of(const std::string& source) {
  linklab::LinkConfig config;
  EXPECT_TRUE(linklab::apply_source(config, source).has_value()) << source;
  return config;
}

/// A link, and what must hold on it over the whole call. Nothing is retransmitted here: a frame that loses a packet is
/// not shown.
struct Row {
  const char* sentence;
  std::string link;
  Duration length;
  double min_use;    ///< Share of the capacity, or of 8 Mbit/s if that is less.
  Duration max_p95;  ///< Of the frames' network delay, encoding included.
  Duration max_frozen;
  double loss = 0;  ///< Each packet alone.
  Duration delay = milliseconds(20);
  DataSize queue = DataSize::bytes(1'000'000);
  linklab::GilbertElliott bursts{};
  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.sentence; }
};

class OnALink : public ::testing::TestWithParam<Row> {};

TEST_P(OnALink, IsUsedWellAndNotFilled) {
  const Row& row = GetParam();
  CallConfig config{.up = link_of(row.link), .length = row.length};
  config.up.loss = row.bursts;
  config.up.loss.loss_in_good = row.loss;
  config.up.delay = row.delay;
  config.up.queue_limit = row.queue;
  config.return_delay = row.delay;
  const CallResult call = run_call(config);
  RecordProperty("use", std::to_string(call.use(config.limits.most)));
  RecordProperty("p95_ms", std::to_string(call.delay(0.95).count() / 1000));
  RecordProperty("frozen_ms", std::to_string(call.frozen().count() / 1000));
  EXPECT_GE(call.use(config.limits.most), row.min_use) << row.sentence;
  EXPECT_LE(call.delay(0.95), row.max_p95) << row.sentence;
  EXPECT_LE(call.frozen(), row.max_frozen) << row.sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Links, OnALink,
    ::testing::Values(
        Row{"a steady 5 Mbit/s is used to two thirds, a frame waits a frame's time",
            "5M",
            seconds(60),
            0.65,
            milliseconds(100),
            {}},
        Row{"a steady 500 kbit/s still moves at every frame", "500k", seconds(60), 0.5, milliseconds(140), {}},
        Row{"a thin link of 200 kbit/s moves with less than a quarter of a second", "200k", seconds(60), 0.4,
            milliseconds(250), milliseconds(600)},
        Row{"ten minutes through a city use half of what there is", "trace:city", seconds(600), 0.45, milliseconds(150),
            seconds(40)},
        Row{"ten minutes of driving through holes are frozen little longer than the holes", "trace:drive", seconds(600),
            0.25, milliseconds(250), seconds(105)},
        Row{"ten minutes of a good link", "trace:fast", seconds(600), 0.6, milliseconds(130), seconds(20)},
        Row{"scattered loss of 2 % is the radio's noise and costs no rate", "5M", seconds(60), 0.6, milliseconds(120),
            seconds(2), 0.02},
        Row{"so is one of 5 %, which leaves few whole frames where nothing repairs them", "5M", seconds(60), 0.6,
            milliseconds(120), seconds(25), 0.05},
        Row{"bursts of three packets, 3 % in all",
            "5M",
            seconds(60),
            0.6,
            milliseconds(120),
            seconds(2),
            0,
            milliseconds(20),
            DataSize::bytes(1'000'000),
            {.good_to_bad = 0.01, .bad_to_good = 0.33}},
        Row{"a far link of 150 ms each way", "5M", seconds(60), 0.6, milliseconds(260), {}, 0, milliseconds(150)},
        Row{"a policer with a queue of 15 kB is found by its losses", "2M", seconds(60), 0.5, milliseconds(120),
            seconds(1), 0, milliseconds(20), DataSize::bytes(15'000)}),
    [](const auto& row) { return std::string("link").append(std::to_string(row.index)); });

TEST(Steps, AFallOfTheRateIsFollowedWithinASecondAndAHalf) {
  CallConfig config{.up = link_of("steps:0=5M,20=1M"), .length = seconds(40)};
  const CallResult call = run_call(config);
  EXPECT_LE(call.delay(1.0, seconds(20), seconds(40)), milliseconds(800)) << "the worst frame";
  EXPECT_LE(call.delay(0.99, milliseconds(21'500), seconds(40)), milliseconds(160)) << "settled";
}

TEST(Steps, ARiseOfTheRateIsTakenWithinFiveSeconds) {
  CallConfig config{.up = link_of("steps:0=1M,20=5M"), .length = seconds(40)};
  const CallResult call = run_call(config);
  EXPECT_LE(call.until_estimate(seconds(20), [](DataRate rate) { return rate >= kbps(4000); }), seconds(5));
  EXPECT_LE(call.delay(1.0, seconds(20), seconds(40)), milliseconds(200)) << "and not by filling the queue";
}

TEST(Fades, KeepThePictureStillForLittleLongerThanTheRadioStands) {
  // Every five seconds the rate falls to an eighth for 0.4 s: nothing stands still by itself.
  std::string steps = "steps:0=5M";
  for (int at = 5; at < 40; at += 5) {
    steps.append(",").append(std::to_string(at)).append("=600k,").append(std::to_string(at)).append(".4=5M");
  }
  CallConfig config{.up = link_of(steps), .length = seconds(40)};
  const CallResult careful = run_call(config);
  EXPECT_LE(careful.frozen(), milliseconds(500)) << "the first one, of which nothing was known";
  EXPECT_GE(careful.use(config.limits.most), 0.3);
  config.controller.fades.longest_frame = seconds(10);
  EXPECT_GE(run_call(config).frozen(), milliseconds(1500)) << "without a margin";
}

struct OutageRow {
  const char* sentence;
  Duration length;
  linklab::OutageQueue queue;
  Duration max_until_live;
  friend std::ostream& operator<<(std::ostream& out, const OutageRow& row) { return out << row.sentence; }
};

class Outages : public ::testing::TestWithParam<OutageRow> {};

TEST_P(Outages, EndWithALiveFrameSoonAndTheOldRateSoonAfter) {
  const OutageRow& row = GetParam();
  CallConfig config{.up = link_of("3M"), .length = seconds(30) + row.length};
  config.up.outages = {{.from = seconds(15), .length = row.length, .queue = row.queue}};
  const CallResult call = run_call(config);
  const Duration back = seconds(15) + row.length;
  EXPECT_LE(call.until_fresh_frame(back), row.max_until_live) << row.sentence;
  EXPECT_LE(call.until_estimate(back, [](DataRate rate) { return rate >= kbps(2000); }), seconds(3)) << row.sentence;
  EXPECT_LE(call.longest_queue, DataSize::bytes(160'000)) << "nothing piles up in the modem meanwhile";
}

INSTANTIATE_TEST_SUITE_P(
    Lengths, Outages,
    ::testing::Values(OutageRow{"half a second", milliseconds(500), linklab::OutageQueue::hold, milliseconds(500)},
                      OutageRow{"two seconds", seconds(2), linklab::OutageQueue::hold, milliseconds(500)},
                      OutageRow{"two seconds, and the modem's queue is lost", seconds(2), linklab::OutageQueue::drop,
                                milliseconds(500)},
                      OutageRow{"ten seconds", seconds(10), linklab::OutageQueue::hold, seconds(1)},
                      OutageRow{"a minute", seconds(60), linklab::OutageQueue::hold, seconds(2)},
                      OutageRow{"a minute, and the modem's queue is lost", seconds(60), linklab::OutageQueue::drop,
                                seconds(2)}),
    [](const auto& row) { return std::string("outage").append(std::to_string(row.index)); });

TEST(Holes, MakeOnlyThatLateWhichWasOnItsWay) {
  CallConfig config{.up = link_of("trace:drive"), .length = seconds(600)};
  const CallResult call = run_call(config);
  const auto late = std::count_if(call.shown.begin(), call.shown.end(),
                                  [](const Shown& frame) { return frame.delay() > milliseconds(300); });
  const auto of_stalls = std::count_if(call.shown.begin(), call.shown.end(), [](const Shown& frame) {
    return frame.in_stall && frame.delay() > milliseconds(300);
  });
  EXPECT_LE(late, static_cast<std::ptrdiff_t>(call.shown.size() * 4 / 100)) << "of all frames";
  EXPECT_LE(of_stalls, seconds(95) / seconds(1)) << "at most one in each second of the holes";
  EXPECT_LE(call.delay(0.99), seconds(2));
}

TEST(Pictures, AQuietOneDoesNotMakeTheEstimateRunAway) {
  CallConfig config{.up = link_of("1500k"), .length = seconds(60), .busy = 0.2};
  const CallResult call = run_call(config);
  const auto highest = std::max_element(call.estimates.begin(), call.estimates.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  EXPECT_LE(highest->second, kbps(2000));
}

TEST(Routes, AnotherAddressKeepsTheEstimateAndTheRhythm) {
  CallConfig config{.up = link_of("4M"), .length = seconds(30), .route_changes = {seconds(15)}};
  const CallResult call = run_call(config);
  EXPECT_LE(call.until_fresh_frame(seconds(15)), milliseconds(300));
  EXPECT_LE(call.until_estimate(seconds(15), [](DataRate rate) { return rate >= kbps(2500); }), milliseconds(500));
}

TEST(Limits, TheMostIsNeverExceeded) {
  CallConfig config{.up = link_of("20M"), .length = seconds(30)};
  config.limits.most = kbps(2000);
  const CallResult call = run_call(config);
  EXPECT_LE(call.delivered_rate(), kbps(2200)) << "headers included";
  EXPECT_GE(call.delivered_rate(), kbps(1500));
}

TEST(Runs, AreTheSameEachTime) {
  CallConfig config{.up = link_of("trace:drive"), .length = seconds(30)};
  EXPECT_EQ(run_call(config).delivered, run_call(config).delivered);
}

}  // namespace
}  // namespace rtcbot::scenarios
