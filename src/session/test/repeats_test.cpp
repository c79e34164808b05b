// The same offer again.
#include <gtest/gtest.h>

#include "session_bench.hpp"

namespace rtcbot::session {
namespace {

using namespace testing;
using signal::OfferId;
using signal::Protocol;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RepeatsTest : public ::testing::Test {
 protected:
  RepeatsTest() : bench_({.max_viewers = 2, .status_interval = std::chrono::hours(1)}) {
    bench_.go_online(Protocol::v1);
  }

  void offer(std::uint64_t id, std::string_view mark, signal::Permissions permissions = {}, bool trickle = false) {
    signal::OfferMessage message{OfferId(id), make_sdp(mark), {}};
    message.trickle = trickle;
    message.permissions = std::move(permissions);
    bench_.hear(write_message(message));
  }

  SessionBench bench_;
};

TEST_F(RepeatsTest, AtOnceGetTheOneAnswer) {
  offer(1, "page");
  offer(2, "page");
  EXPECT_THAT(bench_.actions(), ElementsAre(MakesViewer(1u, "page")));
  bench_.answer(1, "robot");
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(v1_answer(1, "robot")), Sends(v1_answer(2, "robot"))));
  EXPECT_EQ(bench_.session.viewers(), 1);
  EXPECT_EQ(bench_.session.stats().offers_repeated, 1);
}

TEST_F(RepeatsTest, ASecondLaterGetTheSameAnswer) {
  offer(1, "page");
  bench_.answer(1, "robot");
  bench_.actions();
  bench_.advance(1s);
  offer(2, "page");
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(v1_answer(2, "robot"))));
  EXPECT_EQ(bench_.session.viewers(), 1);
}

TEST_F(RepeatsTest, OfAConnectedViewerAreRefusedAndDoNotEndIt) {
  offer(1, "page");
  bench_.answer(1, "robot");
  bench_.session.viewer_connected(ViewerId(1));
  bench_.actions();
  offer(2, "page");
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(2u, Refusal::bad_offer)));
  EXPECT_EQ(bench_.session.viewers(), 1);
}

TEST_F(RepeatsTest, UnderAnotherCredentialAreRefused) {
  offer(1, "page", {.grant = "a"});
  bench_.actions();
  offer(2, "page", {.grant = "b"});
  offer(3, "page", {.watch_only = true, .grant = "a"});
  offer(4, "page", {.grant = "a"}, true);
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(2u, Refusal::bad_offer), SendsRefusal(3u, Refusal::bad_offer),
                                            SendsRefusal(4u, Refusal::bad_offer)));
}

TEST_F(RepeatsTest, TakeNoSeat) {
  offer(1, "page");
  offer(2, "other");
  bench_.actions();
  offer(3, "page");
  EXPECT_THAT(bench_.actions(), IsEmpty());
  EXPECT_EQ(bench_.session.viewers(), 2);
  EXPECT_EQ(bench_.session.stats().refused_busy, 0);
}

TEST_F(RepeatsTest, WaitForOneAnswerInSmallNumbersOnly) {
  for (std::uint64_t id = 1; id <= 8; ++id) offer(id, "page");
  bench_.actions();
  offer(9, "page");
  EXPECT_THAT(bench_.actions(), ElementsAre(SendsRefusal(9u, Refusal::busy)));
}

TEST_F(RepeatsTest, AreAnsweredAsOftenAsTheyComeAndTheOldestAreForgotten) {
  offer(1, "page");
  bench_.answer(1, "robot");
  for (std::uint64_t id = 2; id <= 8; ++id) offer(id, "page");
  bench_.actions();
  offer(9, "page");
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(v1_answer(9, "robot"))));
  for (std::uint64_t id = 1; id <= 8; ++id) bench_.hear(write_message(signal::Cancel{OfferId(id)}));
  EXPECT_THAT(bench_.actions(), IsEmpty());
  bench_.hear(write_message(signal::Cancel{OfferId(9)}));
  EXPECT_THAT(bench_.actions(), ElementsAre(DropsViewer(1u)));
}

TEST_F(RepeatsTest, AreAllToldWhenThereIsNoAnswer) {
  offer(1, "page");
  offer(2, "page");
  bench_.actions();
  bench_.session.answer_failed(bench_.now, ViewerId(1), Error(Errc::bad_offer, "no codec in common"));
  EXPECT_THAT(bench_.actions(),
              ElementsAre(SendsRefusal(1u, Refusal::bad_offer), SendsRefusal(2u, Refusal::bad_offer)));
}

TEST_F(RepeatsTest, KeepTheViewerOfARequestThatWasGivenUp) {
  offer(1, "page");
  offer(2, "page");
  bench_.answer(1, "robot");
  bench_.actions();
  bench_.hear(write_message(signal::Cancel{OfferId(1)}));
  EXPECT_THAT(bench_.actions(), IsEmpty());
  bench_.hear(write_message(signal::Cancel{OfferId(2)}));
  EXPECT_THAT(bench_.actions(), ElementsAre(DropsViewer(1u)));
}

TEST_F(RepeatsTest, AfterTheViewerEndedMakeANewOne) {
  offer(1, "page");
  bench_.answer(1, "robot");
  bench_.session.viewer_ended(bench_.now, ViewerId(1));
  bench_.actions();
  offer(2, "page");
  EXPECT_THAT(bench_.actions(), ElementsAre(MakesViewer(2u, "page")));
}

TEST_F(RepeatsTest, AfterTheServerWasLostGetTheSameAnswer) {
  offer(1, "page");
  bench_.answer(1, "robot");
  bench_.session.disconnected(bench_.now, 1006, "");
  bench_.advance_to_next();
  bench_.session.dialed(bench_.now, Protocol::v1);
  bench_.actions();
  offer(1, "page");
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(v1_answer(1, "robot"))));
}

TEST_F(RepeatsTest, WithTrickleGetTheCandidatesThatWereSentBefore) {
  const auto candidate = signal::Candidate{.text = "candidate:1 1 udp 1 10.0.0.1 9 typ host", .mid = "0"};
  offer(1, "page", {}, true);
  bench_.answer(1, "robot");
  bench_.session.candidates_found(ViewerId(1), {candidate}, true);
  bench_.actions();
  offer(2, "page", {}, true);
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(v1_answer(2, "robot")),
                                            Sends(write_message(signal::Candidates{OfferId(2), {candidate}, true}))));
  bench_.session.candidates_found(ViewerId(1), {candidate}, false);
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(write_message(signal::Candidates{OfferId(1), {candidate}, false})),
                                            Sends(write_message(signal::Candidates{OfferId(2), {candidate}, false}))));
}

TEST_F(RepeatsTest, WithTrickleGetManyCandidatesInSeveralMessages) {
  std::vector<signal::Candidate> many(signal::kMaxCandidatesAtOnce,
                                      {.text = "candidate:1 1 udp 1 10.0.0.1 9 typ host"});
  offer(1, "page", {}, true);
  bench_.answer(1, "robot");
  for (int i = 0; i < 2; ++i) bench_.session.candidates_found(ViewerId(1), many, false);
  bench_.actions();
  offer(2, "page", {}, true);
  const auto message = Sends(write_message(signal::Candidates{OfferId(2), many, false}));
  EXPECT_THAT(bench_.actions(), ElementsAre(Sends(v1_answer(2, "robot")), message, message));
}

TEST(Repeats, OnALegacyServerKeepTheirPlaceInLine) {
  SessionBench bench;
  bench.go_online(Protocol::legacy);
  const std::string page = signal::write_description(signal::Description::offer(make_sdp("page")));
  bench.hear(page);
  bench.hear(legacy_offer("other"));
  bench.hear(page);
  bench.actions();
  bench.answer(1, "for page");
  EXPECT_THAT(bench.actions(), ElementsAre(Sends(legacy_answer("for page"))));
  bench.answer(2, "for other");
  EXPECT_THAT(bench.actions(), ElementsAre(Sends(legacy_answer("for other")), Sends(legacy_answer("for page"))));
}

}  // namespace
}  // namespace rtcbot::session
