// The way to the server, and back to it after anything.
#include <gtest/gtest.h>

#include <set>

#include "session_bench.hpp"

namespace rtcbot::session {
namespace {

using namespace testing;
using signal::Protocol;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Error kRefused(Errc::connection_refused, "nobody listens there");

TEST(Dialing, BeginsAtOnceAndNotBeforeItIsTold) {
  SessionBench bench;
  EXPECT_EQ(bench.session.next_timeout(), kNever);
  bench.session.start(bench.now);
  EXPECT_THAT(bench.actions(), ElementsAre(IsDial()));
  EXPECT_EQ(bench.session.state(), State::dialing);
}

TEST(Dialing, GoesOnForEverWhenTheServerIsNotThereWithWaitsUpToALimit) {
  SessionBench bench;
  bench.session.start(bench.now);
  Duration longest{};
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_THAT(bench.actions(), ElementsAre(IsDial())) << i;
    bench.session.dial_failed(bench.now, kRefused);
    const Duration wait = bench.advance_to_next();
    EXPECT_LE(wait, i == 0 ? Duration(250ms) : Duration(8s));
    EXPECT_GE(wait, 25ms);
    longest = std::max(longest, wait);
  }
  EXPECT_GT(longest, 7s);
}

TEST(Dialing, IsSpreadSoThatRobotsDoNotComeBackTogether) {
  std::set<Duration> waits;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    SessionBench bench({}, seed);
    bench.session.start(bench.now);
    bench.session.dial_failed(bench.now, kRefused);
    waits.insert(bench.advance_to_next());
  }
  EXPECT_GT(waits.size(), 45u);
}

TEST(Dialing, IsQuickAgainAfterAConnectionThatHeld) {
  SessionBench bench;
  bench.session.start(bench.now);
  for (int i = 0; i < 12; ++i) {
    bench.session.dial_failed(bench.now, kRefused);
    bench.advance_to_next();
  }
  bench.session.dialed(bench.now, Protocol::v1);
  bench.now += 10s;
  bench.session.disconnected(bench.now, 1006, "");
  EXPECT_LE(bench.session.next_timeout() - bench.now, 250ms);
}

TEST(Dialing, StaysSlowWhenTheServerClosesEachTimeAtOnce) {
  SessionBench bench;
  bench.session.start(bench.now);
  Duration total{};
  for (int i = 0; i < 30; ++i) {
    bench.session.dialed(bench.now, Protocol::legacy);
    bench.session.disconnected(bench.now, 1000, "");
    total += bench.advance_to_next();
  }
  EXPECT_GT(total, 60s);
}

TEST(Dialing, ThatTakesTooLongIsEndedAndTriedAgain) {
  SessionBench bench;
  bench.session.start(bench.now);
  bench.actions();
  EXPECT_EQ(bench.advance_to_next(), 20s);
  EXPECT_THAT(bench.actions(), ElementsAre(ClosesSocket(1001)));
  EXPECT_EQ(bench.session.state(), State::waiting);
  bench.advance_to_next();
  EXPECT_THAT(bench.actions(), ElementsAre(IsDial()));
}

TEST(Dialing, WaitsAsLongAsAServerThatStopsAsksForAndUpToTwiceThat) {
  std::set<Duration> waits;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SessionBench bench({}, seed);
    bench.go_online(Protocol::v1);
    bench.hear(write_message(signal::Stopping{5s}));
    bench.session.disconnected(bench.now, 1012, "");
    const Duration wait = bench.session.next_timeout() - bench.now;
    EXPECT_GE(wait, 5s);
    EXPECT_LE(wait, 10s);
    waits.insert(wait);
  }
  EXPECT_GT(waits.size(), 15u);
}

TEST(Dialing, WaitsLongAndSaysLoudlyWhenAnotherRobotUsesTheName) {
  SessionBench bench({.name = signal::RobotName::parse("rover").value()});
  bench.go_online(Protocol::v1);
  bench.session.disconnected(bench.now, signal::kCloseReplaced, "replaced");
  EXPECT_GE(bench.session.next_timeout() - bench.now, 30s);
  EXPECT_LE(bench.session.next_timeout() - bench.now, 60s);
  bench.actions();
  EXPECT_EQ(bench.log.back().level, LogLevel::error);
  EXPECT_THAT(bench.log.back().message, ::testing::HasSubstr("ANOTHER ROBOT HAS TAKEN OVER THE NAME 'rover'"));
}

TEST(Dialing, WaitsLongAndSaysWhyWhenTheServerRefusesNameOrCredentialAndNeverGivesUp) {
  using signal::Refusal;
  for (const auto refusal : {Refusal::unauthorized, Refusal::forbidden, Refusal::name_taken}) {
    SessionBench bench;
    bench.session.start(bench.now);
    for (int i = 0; i < 100; ++i) {
      EXPECT_THAT(bench.actions(), ElementsAre(IsDial())) << i;
      bench.session.dial_refused(bench.now, refusal, Error(Errc::refused, "its sentence"));
      bench.session.path_changed(bench.now);
      const Duration wait = bench.advance_to_next();
      EXPECT_GE(wait, 30s);
      EXPECT_LE(wait, 60s);
    }
    EXPECT_EQ(bench.session.stats().turned_away, 100);
    EXPECT_EQ(bench.log.back().level, LogLevel::error);
    EXPECT_THAT(bench.log.back().message, ::testing::HasSubstr("THE SERVER REFUSES THIS ROBOT (its sentence)"));
  }
}

TEST(Dialing, IsSoonTriedAgainWhereTheServerIsBusyOrStops) {
  for (const auto refusal : {signal::Refusal::busy, signal::Refusal::stopping, signal::Refusal::not_found}) {
    SessionBench bench;
    bench.session.start(bench.now);
    bench.session.dial_refused(bench.now, refusal, Error(Errc::refused, "later"));
    EXPECT_LE(bench.session.next_timeout() - bench.now, 250ms);
    EXPECT_EQ(bench.session.stats().turned_away, 0);
  }
}

TEST(Dialing, WaitsLongWhenAnotherCredentialHasTheNameAndThenComesOnline) {
  SessionBench bench({.name = signal::RobotName::parse("rover").value()});
  bench.go_online(Protocol::v1);
  bench.session.disconnected(bench.now, signal::kCloseNameTaken, "taken");
  bench.actions();
  EXPECT_THAT(bench.log.back().message, ::testing::HasSubstr("ANOTHER ROBOT HAS THE NAME 'rover'"));
  EXPECT_GE(bench.advance_to_next(), 30s);
  bench.session.dialed(bench.now, Protocol::v1);
  EXPECT_EQ(bench.session.state(), State::online);
}

TEST(Arrival, BeginsWithHelloAndStatusWhereTheServerKnowsThem) {
  SessionBench bench({.name = signal::RobotName::parse("rover").value(), .instance = "a1", .max_viewers = 3});
  bench.session.start(bench.now);
  bench.session.dialed(bench.now, Protocol::v1);
  EXPECT_THAT(
      bench.actions(),
      ElementsAre(IsDial(),
                  Sends(write_message(signal::Hello{1, "rover", "a1", 3, {"trickle", "cancel-answered", "end"}})),
                  SendsViewerCount(0)));
}

TEST(Arrival, SaysNothingToAServerThatSpeaksRtcbotsOwnProtocol) {
  SessionBench bench;
  bench.session.start(bench.now);
  bench.session.dialed(bench.now, Protocol::legacy);
  bench.session.camera_state(bench.now, "running");
  bench.advance(1h);
  EXPECT_THAT(bench.actions(), ElementsAre(IsDial()));
}

TEST(Stop, IsFinal) {
  SessionBench bench;
  bench.go_online(Protocol::v1);
  bench.hear(v1_offer(1, "one"));
  bench.actions();
  bench.session.stop(bench.now);
  EXPECT_THAT(bench.actions(), ElementsAre(DropsViewer(1u), ClosesSocket(1000)));
  bench.session.start(bench.now);
  bench.session.dialed(bench.now, Protocol::v1);
  bench.session.disconnected(bench.now, 1000, "");
  bench.hear(v1_offer(2, "two"));
  bench.answer(1, "late");
  bench.advance(1h);
  EXPECT_THAT(bench.actions(), IsEmpty());
  EXPECT_EQ(bench.session.next_timeout(), kNever);
}

TEST(Status, IsSentWhenTheNumberOfViewersChangesButNotMoreThanOnceASecond) {
  SessionBench bench;
  bench.go_online(Protocol::v1);
  bench.advance(2s);
  for (std::uint64_t id = 1; id <= 3; ++id) bench.hear(v1_offer(id, "x"));
  EXPECT_THAT(bench.actions(),
              ElementsAre(MakesViewer(1u, "x"), SendsViewerCount(1), MakesViewer(2u, "x"), MakesViewer(3u, "x")));
  EXPECT_EQ(bench.advance_to_next(), 1s);
  EXPECT_THAT(bench.actions(), ElementsAre(SendsViewerCount(3)));
  for (std::uint64_t id = 1; id <= 3; ++id) bench.answer(id, "x");
  bench.actions();
  bench.session.viewer_ended(bench.now, ViewerId(2));
  bench.advance_to_next();
  EXPECT_THAT(bench.actions(), ElementsAre(SendsViewerCount(2)));
  EXPECT_EQ(bench.session.next_timeout(), kNever);
}

}  // namespace
}  // namespace rtcbot::session
