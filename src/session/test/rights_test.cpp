// How long a viewer may stay: what its credential allows, and what the server says of it.
#include <gtest/gtest.h>

#include "session_bench.hpp"

namespace rtcbot::session {
namespace {

using namespace testing;
using signal::OfferId;
using signal::Protocol;
using signal::Refusal;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

MATCHER_P(EndsPermissionsOf, viewer, "") {
  const auto* drop = std::get_if<DropViewer>(&arg);
  return drop != nullptr && drop->viewer == ViewerId(viewer) && drop->why == Refusal::unauthorized;
}

class RightsTest : public ::testing::Test {
 protected:
  RightsTest() : bench_({.status_interval = 1s}) { bench_.go_online(Protocol::v1); }

  /// Viewer N has the offer N.
  void come(signal::Permissions permissions) {
    const OfferId offer(++viewers_);
    bench_.hear(write_message(signal::OfferMessage{offer, fresh_sdp("x"), {}, false, std::move(permissions)}));
  }
  void sit(signal::Permissions permissions) {
    come(std::move(permissions));
    bench_.answer(viewers_, "x");
    bench_.session.viewer_connected(ViewerId(viewers_));
    bench_.advance(1s);
    bench_.advance(1s);  // so that the next status is not held back
    bench_.actions();
  }
  void end(const std::string& grant) { bench_.hear(write_message(signal::EndViewers{grant, "revoked"})); }
  static Action status(int viewers, std::vector<std::string> grants) {
    return SendText{write_message(signal::Status{viewers, "", std::move(grants)})};
  }

  SessionBench bench_;
  std::uint64_t viewers_ = 0;
};

TEST_F(RightsTest, AViewerIsEndedWhenItsTimeIsOverAlsoWithoutTheServer) {
  sit({.grant = "k/a", .expires_in = 60s});
  sit({.grant = "k/b"});
  bench_.session.disconnected(bench_.now, 1006, "gone");
  bench_.actions();
  bench_.advance(55s);
  EXPECT_EQ(bench_.session.viewers(), 2);
  bench_.advance(1s);
  EXPECT_THAT(bench_.actions(), Contains(EndsPermissionsOf(1u)));
  EXPECT_EQ(bench_.session.viewers(), 1);
  EXPECT_EQ(bench_.session.stats().permissions_ended, 1);
}

TEST_F(RightsTest, TheEndOfARightIsWhatTheSessionWaitsFor) {
  sit({.expires_in = 60s});
  EXPECT_EQ(bench_.advance_to_next(), 58s);
  EXPECT_THAT(bench_.actions(), Contains(EndsPermissionsOf(1u)));
}

TEST_F(RightsTest, TheServerEndsAllViewersOfAGrantAndNoOther) {
  sit({.grant = "k/a"});
  sit({.watch_only = true, .grant = "k/b"});
  sit({.grant = "k/a"});
  sit({});
  end("k/a");
  EXPECT_THAT(bench_.actions(), ElementsAre(EndsPermissionsOf(1u), EndsPermissionsOf(3u), status(2, {"k/b"})));
  end("k/a");
  end("");
  EXPECT_THAT(bench_.actions(), IsEmpty());
  EXPECT_EQ(bench_.session.viewers(), 2);
}

TEST_F(RightsTest, WhoIsStillBeingAnsweredIsToldWhy) {
  come({.grant = "k/a"});
  bench_.actions();
  end("k/a");
  EXPECT_THAT(bench_.actions(), Contains(SendsRefusal(1u, Refusal::unauthorized)));
  bench_.answer(1, "x");
  EXPECT_THAT(bench_.actions(), IsEmpty()) << "one reply is enough";
}

TEST_F(RightsTest, EachGrantIsNamedOnceAndAgainToAServerThatHasForgotten) {
  sit({.grant = "k/a"});
  sit({.grant = "k/b"});
  come({.grant = "k/a"});
  bench_.advance(1s);
  EXPECT_THAT(bench_.actions(), Contains(status(3, {"k/a", "k/b"})));
  bench_.answer(3, "x");
  bench_.session.disconnected(bench_.now, 1006, "restarted");
  bench_.advance_to_next();
  bench_.session.dialed(bench_.now, Protocol::v1);
  EXPECT_THAT(bench_.actions(), Contains(status(3, {"k/a", "k/b"})));
}

TEST_F(RightsTest, NoMoreGrantsAreNamedThanAMessageHolds) {
  SessionBench bench({.max_viewers = 1000, .status_interval = 1ms});
  bench.go_online(Protocol::v1);
  for (std::uint64_t i = 0; i < 300; ++i) {
    const signal::Permissions permissions{.grant = std::string("k/").append(std::to_string(i))};
    bench.hear(write_message(signal::OfferMessage{OfferId(i), fresh_sdp("x"), {}, false, permissions}));
  }
  bench.advance(1s);
  const auto actions = bench.actions();
  const auto last = signal::parse_message(std::get<SendText>(actions.back()).text);
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(std::get<signal::Status>(*last).grants.size(), signal::Status::kMaxGrants);
}

}  // namespace
}  // namespace rtcbot::session
