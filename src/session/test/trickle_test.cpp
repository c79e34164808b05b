// Candidates that travel by themselves, and pictures for the list of robots.
#include <gtest/gtest.h>

#include "session_bench.hpp"

namespace rtcbot::session {
namespace {

using namespace testing;
using signal::Candidate;
using signal::OfferId;
using signal::Protocol;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Candidate at(const std::string& address) { return {"candidate:1 1 udp 1 " + address + " 5000 typ host", "0", 0}; }
const Candidate kHost = at("192.0.2.1");

class TrickleTest : public ::testing::Test {
 protected:
  /// Online, and viewer 1 with offer 7 has been answered.
  void answer_offer(bool trickle) {
    bench_.go_online(Protocol::v1);
    bench_.hear(write_message(signal::OfferMessage{OfferId(7), fresh_sdp("a"), {}, trickle}));
    EXPECT_EQ(std::get<MakeViewer>(bench_.actions().at(0)).trickle, trickle);
    bench_.answer(1, "A");
    bench_.actions();
  }
  void hear(std::vector<Candidate> list, std::uint64_t offer = 7) {
    bench_.hear(write_message(signal::Candidates{OfferId(offer), std::move(list), false}));
  }

  SessionBench bench_;
};

TEST_F(TrickleTest, IsOfferedInHello) {
  bench_.session.start(bench_.now);
  bench_.session.dialed(bench_.now, Protocol::v1);
  EXPECT_THAT(bench_.actions(), ElementsAre(IsDial(),
                                            Sends(write_message(signal::Hello{
                                                .max_viewers = 8, .features = {"trickle", "cancel-answered", "end"}})),
                                            SendsViewerCount(0)));
}

TEST_F(TrickleTest, TakesTheBrowsersCandidatesAndSendsItsOwn) {
  answer_offer(true);
  hear({kHost});
  bench_.session.candidates_found(ViewerId(1), {kHost}, true);
  EXPECT_THAT(bench_.actions(), ElementsAre(Action(AddCandidates{ViewerId(1), {kHost}}),
                                            Sends(write_message(signal::Candidates{OfferId(7), {kHost}, true}))));
}

TEST_F(TrickleTest, LeavesOutWhatWouldHaveToBeLookedUp) {
  answer_offer(true);
  hear({at("f18c5766-4647-4cb4-9ef6-97de1e2d5e87.local"), kHost});
  EXPECT_THAT(bench_.actions(), ElementsAre(Action(AddCandidates{ViewerId(1), {kHost}})));
}

TEST_F(TrickleTest, NeitherTakesNorSendsWhatNobodyAskedFor) {
  answer_offer(false);
  hear({kHost});
  hear({kHost}, 8);
  bench_.session.candidates_found(ViewerId(1), {kHost}, false);
  bench_.session.candidates_found(ViewerId(9), {kHost}, false);
  EXPECT_THAT(bench_.actions(), IsEmpty());
  EXPECT_EQ(bench_.session.stats().candidates_dropped, 2);
}

TEST_F(TrickleTest, IsBoundedForEitherSide) {
  answer_offer(true);
  for (int i = 0; i < 10; ++i) {
    hear(std::vector<Candidate>(20, kHost));
    bench_.session.candidates_found(ViewerId(1), std::vector<Candidate>(20, kHost), false);
  }
  EXPECT_EQ(bench_.session.stats().candidates_taken, 64);
  EXPECT_EQ(bench_.session.stats().candidates_sent, 64);
  EXPECT_EQ(bench_.session.stats().candidates_dropped, 400 - 128);
}

TEST_F(TrickleTest, EndsWithTheServerAndNotWithTheViewer) {
  answer_offer(true);
  bench_.session.disconnected(bench_.now, 1006, "");
  bench_.session.candidates_found(ViewerId(1), {kHost}, false);
  bench_.actions();
  bench_.session.dialed(bench_.now, Protocol::v1);
  EXPECT_EQ(bench_.session.viewers(), 1);
  EXPECT_EQ(bench_.session.stats().candidates_sent, 0);
}

TEST_F(TrickleTest, PicturesGoToAServerThatTakesThemAlone) {
  bench_.go_online(Protocol::v1);
  bench_.session.snapshot("\xff\xd8\xff");
  EXPECT_FALSE(bench_.session.wants_snapshots());
  bench_.hear(write_message(signal::Welcome{.features = {"snapshot"}}));
  EXPECT_TRUE(bench_.session.wants_snapshots());
  bench_.session.snapshot("\xff\xd8\xff");
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(write_message(signal::Snapshot{"\xff\xd8\xff"}))));
}

}  // namespace
}  // namespace rtcbot::session
