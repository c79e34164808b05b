// The machine's address or route changes while the session is in each of its states.
#include <gtest/gtest.h>

#include "session_bench.hpp"

namespace rtcbot::session {
namespace {

using namespace testing;
using signal::Protocol;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Error kRefused(Errc::connection_refused, "nobody listens there");

TEST(PathChange, OfARobotOnlineMakesItDialAtOnceAndKeepsItsViewers) {
  SessionBench bench;
  bench.go_online(Protocol::v1);
  bench.hear(v1_offer(1, "a"));
  bench.answer(1, "A");
  bench.actions();
  bench.session.path_changed(bench.now);
  EXPECT_THAT(bench.actions(), ElementsAre(ClosesSocket(1001), IsDial()));
  EXPECT_EQ(bench.session.viewers(), 1);
  bench.session.dialed(bench.now, Protocol::v1);
  EXPECT_EQ(bench.session.state(), State::online);
}

TEST(PathChange, LogsHowManyViewersStayInTheNounsNumber) {
  SessionBench bench;
  bench.go_online(Protocol::v1);
  for (std::uint64_t id = 1; id <= 2; ++id) {
    bench.hear(v1_offer(id, std::to_string(id)));
    bench.answer(id, "A");
    bench.session.path_changed(bench.now);
    bench.session.dialed(bench.now, Protocol::v1);
  }
  bench.actions();
  std::string said;
  for (const auto& record : bench.log) said += record.message + "\n";
  EXPECT_THAT(said, ::testing::AllOf(::testing::HasSubstr("1 viewer stays"), ::testing::HasSubstr("2 viewers stay")));
}

TEST(PathChange, DropsWhoWasBeingAnsweredAsTheAnswerHasNoWayLeft) {
  SessionBench bench;
  bench.go_online(Protocol::v1);
  bench.hear(v1_offer(1, "a"));
  bench.actions();
  bench.session.path_changed(bench.now);
  EXPECT_THAT(bench.actions(), ElementsAre(ClosesSocket(1001), DropsViewer(1u), IsDial()));
  EXPECT_EQ(bench.session.viewers(), 0);
}

TEST(PathChange, EndsABackOff) {
  SessionBench bench;
  bench.session.start(bench.now);
  for (int i = 0; i < 12; ++i) {
    bench.session.dial_failed(bench.now, kRefused);
    bench.advance_to_next();
  }
  bench.session.dial_failed(bench.now, kRefused);
  bench.actions();
  bench.session.path_changed(bench.now);
  EXPECT_THAT(bench.actions(), ElementsAre(IsDial()));
  bench.session.dial_failed(bench.now, kRefused);
  EXPECT_LE(bench.session.next_timeout() - bench.now, 250ms) << "the new path begins with short waits";
}

TEST(PathChange, WhileDiallingDialsAnewFromTheNewAddress) {
  SessionBench bench;
  bench.session.start(bench.now);
  bench.actions();
  bench.advance(15s);
  bench.session.path_changed(bench.now);
  EXPECT_THAT(bench.actions(), ElementsAre(ClosesSocket(1001), IsDial()));
  bench.advance(19s);
  EXPECT_THAT(bench.actions(), IsEmpty()) << "the new attempt has its full time";
}

TEST(PathChange, DoesNotShortenTheWaitForAnotherRobotOfTheName) {
  SessionBench bench;
  bench.go_online(Protocol::v1);
  bench.session.disconnected(bench.now, signal::kCloseReplaced, "replaced");
  bench.actions();
  bench.session.path_changed(bench.now);
  EXPECT_THAT(bench.actions(), IsEmpty());
  EXPECT_GE(bench.session.next_timeout() - bench.now, 30s);
}

TEST(PathChange, IsNothingBeforeTheStartAndAfterTheEnd) {
  SessionBench bench;
  bench.session.path_changed(bench.now);
  EXPECT_THAT(bench.actions(), IsEmpty());
  bench.session.start(bench.now);
  bench.session.stop(bench.now);
  bench.actions();
  bench.session.path_changed(bench.now);
  EXPECT_THAT(bench.actions(), IsEmpty());
  EXPECT_EQ(bench.session.next_timeout(), kNever);
  EXPECT_EQ(bench.session.stats().path_changes, 0);
}

}  // namespace
}  // namespace rtcbot::session
