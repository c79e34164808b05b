// Who has to go when all seats are taken and a driver comes.
#include <gtest/gtest.h>

#include "session_bench.hpp"

namespace rtcbot::session {
namespace {

using namespace testing;
using signal::OfferId;
using signal::Protocol;
using signal::Refusal;
using ::testing::ElementsAre;

enum class Role { drive, watch };

MATCHER_P(GivesSeatOf, viewer, "") {
  const auto* drop = std::get_if<DropViewer>(&arg);
  return drop != nullptr && drop->viewer == ViewerId(viewer) && drop->why == Refusal::busy &&
         drop->reason.starts_with("A driver's connection took your place.") && drop->retry_after == 5s;
}

class SeatsTest : public ::testing::Test {
 protected:
  SeatsTest() : bench_({.max_viewers = 3, .status_interval = std::chrono::hours(1)}) { bench_.go_online(Protocol::v1); }

  /// Viewer N has the offer 10 + N.
  void come(Role role) {
    const OfferId offer(10 + ++viewers_);
    bench_.hear(write_message(signal::OfferMessage{offer, fresh_sdp("x"), {}, false, role == Role::watch}));
  }
  /// Is answered, and its connection is there if `connects`.
  void sit(Role role, bool connects) {
    come(role);
    bench_.answer(viewers_, "x");
    if (connects) bench_.session.viewer_connected(ViewerId(viewers_));
    bench_.actions();
  }

  SessionBench bench_;
  std::uint64_t viewers_ = 0;
};

TEST_F(SeatsTest, AWatchersOfferThatLeadsNowhereGivesWayAtOnce) {
  sit(Role::drive, true);
  sit(Role::watch, false);
  sit(Role::watch, false);
  come(Role::drive);
  EXPECT_THAT(bench_.actions(), ElementsAre(GivesSeatOf(2u), MakesViewer(4u, "x")));
  EXPECT_EQ(bench_.session.viewers(), 3);
  EXPECT_EQ(bench_.session.stats().seats_given, 1);
}

TEST_F(SeatsTest, WhoIsStillBeingAnsweredIsToldWhy) {
  come(Role::watch);
  sit(Role::watch, false);
  sit(Role::watch, false);
  come(Role::drive);
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(11u, Refusal::busy), GivesSeatOf(1u), MakesViewer(4u, "x")));
}

TEST_F(SeatsTest, ADriverWhoIsNotConnectedYetHasAWhileForIt) {
  for (int i = 0; i < 3; ++i) sit(Role::drive, false);
  come(Role::drive);
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(14u, Refusal::busy)));
  bench_.advance(1'500ms);
  come(Role::drive);
  // The one that was refused above got no id.
  EXPECT_THAT(bench_.actions(), ElementsAre(GivesSeatOf(1u), MakesViewer(4u, "x")));
}

TEST_F(SeatsTest, AConnectedDriverKeepsTheSeat) {
  for (int i = 0; i < 3; ++i) sit(Role::drive, true);
  bench_.advance(10min);
  come(Role::drive);
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(14u, Refusal::busy)));
}

TEST_F(SeatsTest, TheLastOfConnectedWatchersGivesWayToTheOnlyDriver) {
  for (int i = 0; i < 3; ++i) sit(Role::watch, true);
  come(Role::drive);
  EXPECT_THAT(bench_.actions(), ElementsAre(GivesSeatOf(3u), MakesViewer(4u, "x")));
}

TEST_F(SeatsTest, ConnectedWatchersStayWhereSomebodyDrives) {
  sit(Role::watch, true);
  sit(Role::drive, true);
  sit(Role::watch, true);
  come(Role::drive);
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(14u, Refusal::busy)));
}

TEST_F(SeatsTest, AWatcherTakesNobodysSeat) {
  for (int i = 0; i < 3; ++i) sit(Role::watch, false);
  bench_.advance(10s);
  come(Role::watch);
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(14u, Refusal::busy)));
}

TEST_F(SeatsTest, APageThatLeavesBeforeItIsConnectedFreesItsSeat) {
  for (int i = 0; i < 3; ++i) sit(Role::watch, false);
  bench_.hear(write_message(signal::Cancel{OfferId(12)}));
  come(Role::watch);
  EXPECT_THAT(bench_.actions(), ElementsAre(DropsViewer(2u), MakesViewer(4u, "x")));
}

TEST_F(SeatsTest, APageWhoseSocketEndsKeepsItsConnection) {
  sit(Role::watch, true);
  bench_.hear(write_message(signal::Cancel{OfferId(11)}));
  EXPECT_THAT(bench_.actions(), ElementsAre());
  EXPECT_EQ(bench_.session.viewers(), 1);
}

TEST_F(SeatsTest, OffersThatGoOnTakingSeatsAreAFewLinesAndACount) {
  for (int i = 0; i < 503; ++i) {
    sit(Role::drive, false);
    bench_.advance(std::chrono::seconds(2));
  }
  bench_.actions();
  EXPECT_EQ(bench_.session.stats().seats_given, 500);
  // In 1,006 s: ten lines, one each five seconds, and a count each ten.
  EXPECT_LT(bench_.log.size(), 10 + 202 + 102);
  EXPECT_GT(bench_.session.stats().log_lines_suppressed, 200);
}

}  // namespace
}  // namespace rtcbot::session
