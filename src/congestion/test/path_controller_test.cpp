#include "rtcbot/congestion/path_controller.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace rtcbot::congestion {
namespace {

using std::chrono::milliseconds;

constexpr DataRate kbps(std::int64_t n) { return DataRate::kilobits_per_second(n); }

/// A path of a fixed rate and 20 ms each egress, told to the controller as a receiver would: a report every 50 ms.
/// (What the path does over minutes, with queues and traces, is in tests/scenarios.)
class OnAPath : public ::testing::Test {
 protected:
  static constexpr Duration kOneWay = milliseconds(20);

  /// Sends packets of 1200 bytes at `rate`; each waits `queueing` on its egress; one of `lose_every` is lost.
  void send(DataRate rate, Duration length, Duration queueing = {}, int lose_every = 0) {
    const Timestamp end = now_ + length;
    Timestamp next = now_;
    for (; now_ < end; now_ += milliseconds(1)) {
      for (; next <= now_; next += kPacket / rate) {
        controller_.on_sent(now_, ++sequence_, kPacket);
        PacketReport report{.sequence = sequence_, .sent_at = now_, .size = kPacket};
        const bool lost = lose_every > 0 && sequence_ % lose_every == 0;
        if (!lost) report.received_at = now_ + kOneWay + queueing + kClocksApart;
        pending_.push_back({now_ + kOneWay + queueing, report});
      }
      if (now_ >= report_at_) report();
    }
  }

  /// Nothing is sent and nothing heard.
  void silence(Duration length) { now_ += length; }

  void report() {
    report_at_ = now_ + milliseconds(50);
    std::vector<PacketReport> heard;
    while (!pending_.empty() && pending_.front().arrived_at + kOneWay <= now_) {
      heard.push_back(pending_.front().report);
      pending_.erase(pending_.begin());
    }
    controller_.on_feedback(now_, heard);
  }

  int frames_allowed(Duration length, Duration every = milliseconds(33)) {
    int allowed = 0;
    const Timestamp end = now_ + length;
    for (; now_ < end; now_ += every) {
      if (controller_.frame_allowance(now_) == DataSize()) continue;
      ++allowed;
      controller_.on_frame(now_, kPacket);
      controller_.on_sent(now_, ++sequence_, kPacket);
    }
    return allowed;
  }

  struct Travelling {
    Timestamp arrived_at;
    PacketReport report;
  };
  static constexpr DataSize kPacket = DataSize::bytes(1200);
  static constexpr Duration kClocksApart = std::chrono::hours(1000);

  PathController controller_{{}, {.least = kbps(100), .start = kbps(1000), .most = kbps(8000)}};
  Timestamp now_ = Timestamp(std::chrono::hours(5));
  Timestamp report_at_ = now_;
  std::int64_t sequence_ = 0;
  std::vector<Travelling> pending_;
};

TEST_F(OnAPath, StartsAtTheGivenRate) {
  EXPECT_EQ(controller_.estimate(), kbps(1000));
  EXPECT_GT(controller_.frame_allowance(now_), DataSize());
}

TEST_F(OnAPath, GrowsWhileNothingWaits) {
  send(kbps(1000), std::chrono::seconds(1));
  EXPECT_GT(controller_.estimate(), kbps(1500));
}

TEST_F(OnAPath, DoesNotGrowFarBeyondWhatWasDelivered) {
  send(kbps(300), std::chrono::seconds(60));
  EXPECT_LE(controller_.estimate(), kbps(1000)) << "a quiet picture proves nothing of the path";
  send(kbps(800), std::chrono::seconds(60));
  EXPECT_LE(controller_.estimate(), kbps(1700));
}

TEST_F(OnAPath, FallsToWhatIsDeliveredWhileEverythingWaits) {
  send(kbps(2000), std::chrono::seconds(2));
  send(kbps(800), std::chrono::seconds(1), milliseconds(80));
  EXPECT_NEAR(static_cast<double>(controller_.estimate().kilobits_per_second()), 800, 80);
}

TEST_F(OnAPath, StaysWithinItsLimits) {
  send(kbps(20'000), std::chrono::seconds(2));
  EXPECT_LE(controller_.video_rate(now_), kbps(8000));
  send(kbps(20), std::chrono::seconds(5), milliseconds(300));
  EXPECT_EQ(controller_.estimate(), kbps(100));
  controller_.set_limits({.least = kbps(200), .most = kbps(300)});
  EXPECT_EQ(controller_.estimate(), kbps(200));
}

TEST_F(OnAPath, TakesScatteredLossForNoise) {
  send(kbps(1000), std::chrono::seconds(3), {}, 50);
  EXPECT_GT(controller_.estimate(), kbps(1500));
}

TEST_F(OnAPath, YieldsToHeavyLoss) {
  send(kbps(1000), std::chrono::seconds(1));
  const DataRate before = controller_.estimate();
  send(kbps(1000), std::chrono::seconds(2), {}, 4);
  EXPECT_LT(controller_.estimate(), before * 0.8);
  EXPECT_GT(controller_.snapshot(now_).loss, 0.15);
}

TEST_F(OnAPath, LetsNoMoreOntoAStalledPathThanItsWindow) {
  send(kbps(2000), std::chrono::seconds(2));
  report();
  const int allowed = frames_allowed(milliseconds(150), milliseconds(1));
  EXPECT_GT(allowed, 5);
  EXPECT_LE(controller_.snapshot(now_).in_flight, controller_.snapshot(now_).window + kPacket);
  EXPECT_EQ(frames_allowed(milliseconds(50)), 0);
}

TEST_F(OnAPath, ShowsAStalledPathAPictureASecond) {
  send(kbps(2000), std::chrono::seconds(2));
  frames_allowed(milliseconds(400));
  const int in_four_seconds = frames_allowed(std::chrono::seconds(4));
  EXPECT_GE(in_four_seconds, 3);
  EXPECT_LE(in_four_seconds, 4);
  EXPECT_EQ(controller_.snapshot(now_).stalls, 1);
  frames_allowed(std::chrono::seconds(3));
  EXPECT_LE(frames_allowed(std::chrono::seconds(10)), 5) << "later every two seconds";
}

TEST_F(OnAPath, TriesAStalledPathByPadding) {
  send(kbps(2000), std::chrono::seconds(2));
  report();
  EXPECT_EQ(controller_.padding_rate(now_), DataRate()) << "never while reports come";
  frames_allowed(milliseconds(400));
  EXPECT_EQ(controller_.padding_rate(now_), kbps(10));
  frames_allowed(std::chrono::seconds(5));
  EXPECT_EQ(controller_.padding_rate(now_), kbps(3)) << "less for a long outage: it waits in the modem's queue, too";
  report();
  EXPECT_EQ(controller_.padding_rate(now_), DataRate()) << "the link is back";
}

TEST_F(OnAPath, TakesThePaddingsReportForTheLinkBeingBack) {
  send(kbps(2000), std::chrono::seconds(2));
  report();
  silence(milliseconds(600));
  EXPECT_EQ(controller_.frame_allowance(now_), DataSize()) << "a picture now would be late";
  controller_.on_sent(now_, ++sequence_, DataSize::bytes(284));
  const Timestamp sent_at = now_;
  silence(milliseconds(100));
  const PacketReport padding{.sequence = sequence_,
                             .sent_at = sent_at,
                             .received_at = sent_at + kOneWay + kClocksApart,
                             .size = DataSize::bytes(284)};
  controller_.on_feedback(now_, {&padding, 1});
  EXPECT_FALSE(controller_.is_stalled(now_));
  EXPECT_GT(controller_.frame_allowance(now_), DataSize());
}

TEST_F(OnAPath, AsksForTheLeastWhileItStalls) {
  send(kbps(2000), std::chrono::seconds(2));
  frames_allowed(milliseconds(800));
  EXPECT_EQ(controller_.video_rate(now_), kbps(100));
}

TEST_F(OnAPath, KeepsItsEstimateThroughAStall) {
  send(kbps(2000), std::chrono::seconds(2));
  const DataRate before = controller_.estimate();
  frames_allowed(std::chrono::seconds(3));
  report();
  EXPECT_GE(controller_.estimate(), before * 0.9);
  EXPECT_GT(controller_.video_rate(now_), kbps(1000));
}

TEST_F(OnAPath, DoesNotTakeTheLossesOfAStallForTheLinks) {
  send(kbps(1000), milliseconds(3000));
  const DataRate before = controller_.estimate();
  silence(milliseconds(1000));
  ASSERT_TRUE(controller_.is_stalled(now_));
  std::vector<PacketReport> of_the_stall;
  for (int i = 0; i < 50; ++i) {
    controller_.on_sent(now_, ++sequence_, kPacket);
    of_the_stall.push_back({.sequence = sequence_, .sent_at = now_, .size = kPacket});
  }
  of_the_stall.back().received_at = now_ + kOneWay + kClocksApart;
  (void)controller_.frame_allowance(now_);
  controller_.on_feedback(now_ + kOneWay + kOneWay, of_the_stall);
  EXPECT_EQ(controller_.estimate(), before);
}

TEST_F(OnAPath, DoesNotFallForWhatAWindowThatJustBeganHasNotSeen) {
  send(kbps(1000), milliseconds(3000));
  const DataRate before = controller_.estimate();
  controller_.on_resume(now_);
  pending_.clear();
  send(kbps(1000), milliseconds(200), milliseconds(12));
  EXPECT_GE(controller_.estimate(), before);
}

TEST_F(OnAPath, ForgetsWhatWasOnTheOldRoute) {
  send(kbps(2000), std::chrono::seconds(2));
  frames_allowed(milliseconds(300));
  controller_.on_route_change(now_);
  EXPECT_EQ(controller_.snapshot(now_).in_flight, DataSize());
  EXPECT_GT(controller_.frame_allowance(now_), DataSize());
  send(kbps(2000), std::chrono::seconds(1), milliseconds(100));
  EXPECT_EQ(controller_.snapshot(now_).queueing, Duration::zero()) << "the new route is longer, not fuller";
}

TEST_F(OnAPath, GoesOnAtHalfItsRateOnANewRouteUntilReportsFindIt) {
  send(kbps(2000), std::chrono::seconds(2));
  const DataRate before = controller_.video_rate(now_);
  controller_.on_route_change(now_);
  EXPECT_EQ(frames_allowed(milliseconds(2'900)), 88) << "every frame";
  EXPECT_LE(controller_.video_rate(now_), before * 0.51);
  EXPECT_EQ(controller_.snapshot(now_).stalls, 0);
  silence(milliseconds(101));
  EXPECT_LE(frames_allowed(std::chrono::seconds(1)), 6) << "no browser takes longer: the route is dead";
}

TEST_F(OnAPath, IsItselfAgainWithTheFirstReportOfANewRoute) {
  send(kbps(2000), std::chrono::seconds(2));
  controller_.on_route_change(now_);
  send(kbps(1000), milliseconds(300));
  report();
  EXPECT_GE(controller_.video_rate(now_), kbps(1500));
}

TEST_F(OnAPath, BearsAFrameOfAnotherViewersForAWhile) {
  send(kbps(2000), std::chrono::seconds(2));
  report();
  frames_allowed(milliseconds(100), milliseconds(1));
  EXPECT_EQ(controller_.frame_allowance(now_), DataSize());
  const auto fill = [&] { controller_.on_sent(now_, ++sequence_, kPacket); };
  while (controller_.snapshot(now_).in_flight < controller_.snapshot(now_).window) fill();
  const DataSize spare = controller_.estimate() * milliseconds(300);
  EXPECT_TRUE(controller_.admits(now_, DataSize::bytes(spare.bytes() / 2)));
  EXPECT_FALSE(controller_.admits(now_, spare + kPacket)) << "alone it would take longer than that";
  for (int i = 0; i < 200; ++i) fill();
  EXPECT_FALSE(controller_.admits(now_, kPacket));
}

TEST_F(OnAPath, BearsALargeFrameWhereThereIsRoomForASmallOne) {
  send(kbps(300), std::chrono::seconds(5));
  report();
  EXPECT_TRUE(controller_.admits(now_, DataSize::bytes(200'000))) << "a key frame for a better link: late, and whole";
}

}  // namespace
}  // namespace rtcbot::congestion
