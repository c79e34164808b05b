// Offers in, answers out, on both kinds of server.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "session_bench.hpp"

namespace rtcbot::session {
namespace {

using namespace testing;
using signal::Protocol;
using signal::Refusal;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Nothing but answers: statuses would only be in the way here.
Config without_status() { return {.status_interval = std::chrono::hours(1)}; }

class LegacyServer : public ::testing::Test {
 protected:
  LegacyServer() { bench.go_online(Protocol::legacy); }
  SessionBench bench;
};

class V1Server : public ::testing::Test {
 protected:
  V1Server() : bench(without_status()) { bench.go_online(Protocol::v1); }
  SessionBench bench;
};

TEST_F(LegacyServer, GetsOneAnswerForEachOfferAgainAndAgain) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    bench.hear(legacy_offer("offer"));
    bench.answer(i, "answer");
    EXPECT_THAT(bench.actions(), ElementsAre(MakesViewer(i, "offer"), Sends(legacy_answer("answer"))));
  }
  EXPECT_EQ(bench.session.viewers(), 3);
}

TEST_F(LegacyServer, GetsAnswersInTheOrderOfItsOffers) {
  for (const char* mark : {"one", "two", "three"}) bench.hear(legacy_offer(mark));
  bench.actions();
  bench.answer(3, "for three");
  bench.answer(2, "for two");
  EXPECT_THAT(bench.actions(), IsEmpty());
  bench.answer(1, "for one");
  EXPECT_THAT(bench.actions(), ElementsAre(Sends(legacy_answer("for one")), Sends(legacy_answer("for two")),
                                           Sends(legacy_answer("for three"))));
}

TEST_F(LegacyServer, GetsAnErrorInThePlaceOfAnAnswerThatFailedOrTookTooLong) {
  for (const char* mark : {"one", "two", "three"}) bench.hear(legacy_offer(mark));
  bench.answer(3, "for three");
  bench.session.answer_failed(bench.now, ViewerId(2), Error(Errc::bad_offer, "no codec in common"));
  bench.actions();
  EXPECT_EQ(bench.advance_to_next(), 8s);
  EXPECT_THAT(bench.actions(), ElementsAre(DropsViewer(1u), SendsLegacyError(Refusal::internal),
                                           SendsLegacyError(Refusal::bad_offer), Sends(legacy_answer("for three"))));
}

TEST_F(LegacyServer, HearsOfABrowserThatPlaysNoFormatInTheLogAFewTimesAtMost) {
  for (std::uint64_t i = 1; i <= 20; ++i) {
    bench.hear(legacy_offer("offer"));
    std::string sdp = make_sdp("answer", "active");
    sdp.insert(sdp.find("\r\nm=") + 2, "a=x-rtcbot-formats:H264 VP8\r\n");
    bench.session.answer_ready(bench.now, ViewerId(i), sdp);
    bench.session.viewer_ended(bench.now, ViewerId(i));
    bench.actions();
  }
  EXPECT_EQ(bench.session.stats().without_format, 20);
  const auto told = std::count_if(bench.log.begin(), bench.log.end(), [](const LogRecord& record) {
    return record.message.find("(H264 VP8): it gets no picture") != std::string::npos;
  });
  EXPECT_EQ(told, 10) << "the rest is counted";
}

TEST_F(LegacyServer, GetsAnErrorForWhatIsNoOffer) {
  for (const char* text : {"hello", "{}", R"({"type":"offer","sdp":"v=0"})", R"({"type":"answer","sdp":"v=0"})"}) {
    SCOPED_TRACE(text);
    bench.hear(text);
    EXPECT_THAT(bench.actions(), ElementsAre(SendsLegacyError(Refusal::bad_offer)));
  }
  EXPECT_EQ(bench.session.state(), State::online);
}

TEST_F(LegacyServer, IsLeftWhenItSendsMoreThanAnybodyCouldAnswer) {
  bench.hear(legacy_offer("slow"));
  for (int i = 0; i < 64; ++i) bench.hear("rubbish");
  EXPECT_THAT(bench.actions(), ElementsAre(MakesViewer(1u, "slow"), ClosesSocket(1008), DropsViewer(1u)));
  EXPECT_EQ(bench.session.state(), State::waiting);
}

TEST_F(V1Server, GetsAnswersAsTheyAreReady) {
  bench.hear(v1_offer(11, "one"));
  bench.hear(v1_offer(12, "two"));
  bench.answer(2, "for two");
  bench.answer(1, "for one");
  EXPECT_THAT(bench.actions(), ElementsAre(MakesViewer(1u, "one"), MakesViewer(2u, "two"),
                                           Sends(v1_answer(12, "for two")), Sends(v1_answer(11, "for one"))));
}

TEST_F(V1Server, IsToldWhyAnOfferIsNotAnswered) {
  bench.hear(write_message(signal::OfferMessage{signal::OfferId(1), "no sdp", {}}));
  EXPECT_THAT(bench.actions(), ElementsAre(SendsRefusal(1u, Refusal::bad_offer)));
  for (std::uint64_t id = 2; id <= 4; ++id) bench.hear(v1_offer(id, "x"));
  bench.actions();
  bench.session.answer_failed(bench.now, ViewerId(1), Error(Errc::bad_offer, "nothing in common"));
  bench.session.answer_failed(bench.now, ViewerId(2), Error(Errc::internal, "out of memory"));
  bench.session.viewer_ended(bench.now, ViewerId(3));
  EXPECT_THAT(bench.actions(), ElementsAre(SendsRefusal(2u, Refusal::bad_offer), SendsRefusal(3u, Refusal::internal),
                                           SendsRefusal(4u, Refusal::internal)));
  EXPECT_EQ(bench.session.viewers(), 0);
}

TEST_F(V1Server, IsToldThatTheRobotIsBusyOverTheNumberOfViewers) {
  for (std::uint64_t id = 1; id <= 8; ++id) bench.hear(v1_offer(id, "x"));
  bench.actions();
  bench.hear(v1_offer(9, "x"));
  EXPECT_THAT(bench.actions(), ElementsAre(SendsRefusal(9u, Refusal::busy)));
  bench.answer(1, "x");
  bench.session.viewer_ended(bench.now, ViewerId(1));
  bench.hear(v1_offer(10, "x"));
  EXPECT_THAT(bench.actions(), ElementsAre(Sends(v1_answer(1, "x")), MakesViewer(9u, "x")));
}

TEST_F(V1Server, MayCancelWhatIsStillBeingAnswered) {
  bench.hear(v1_offer(1, "one"));
  bench.actions();
  bench.hear(write_message(signal::Cancel{signal::OfferId(1)}));
  bench.answer(1, "late");
  EXPECT_THAT(bench.actions(), ElementsAre(DropsViewer(1u)));
  EXPECT_EQ(bench.session.stats().late_answers, 1);
  EXPECT_EQ(bench.session.viewers(), 0);
}

TEST_F(V1Server, MayTakeAnAnswerBackThatCrossedItsCancel) {
  bench.hear(v1_offer(1, "one"));
  bench.answer(1, "for one");
  bench.actions();
  bench.hear(write_message(signal::Cancel{signal::OfferId(1)}));
  EXPECT_THAT(bench.actions(), ElementsAre(DropsViewer(1u)));
}

TEST_F(V1Server, IsRefusedAnAnswerThatTakesTooLong) {
  bench.hear(v1_offer(1, "one"));
  bench.actions();
  bench.advance(8s);
  EXPECT_THAT(bench.actions(), ElementsAre(DropsViewer(1u), SendsRefusal(1u, Refusal::internal)));
}

TEST_F(V1Server, GivesItsIceServersToViewersUnlessTheOfferHasItsOwn) {
  const std::vector<signal::IceServer> common{{{"stun:common"}, "", ""}}, own{{{"turn:own"}, "u", "c"}};
  bench.hear(write_message(signal::Welcome{1, "", common}));
  bench.hear(v1_offer(1, "x"));
  bench.hear(write_message(signal::OfferMessage{signal::OfferId(2), fresh_sdp("x"), own}));
  const auto actions = bench.actions();
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(std::get<MakeViewer>(actions[0]).ice_servers, common);
  EXPECT_EQ(std::get<MakeViewer>(actions[1]).ice_servers, own);
}

TEST_F(V1Server, MayBeNewerOrConfusedWithoutHarm) {
  for (const char* text : {R"({"type":"telepathy"})", "hello", R"({"type":"hello","version":1})", "{}"})
    bench.hear(text);
  bench.hear(v1_offer(1, "x"));
  bench.hear(v1_offer(1, "said twice"));
  EXPECT_THAT(bench.actions(), ElementsAre(MakesViewer(1u, "x")));
  EXPECT_EQ(bench.session.stats().unknown_messages, 2);
  EXPECT_EQ(bench.session.stats().bad_messages, 3);
}

TEST_F(V1Server, ThatTalksNonsenseDoesNotFillTheLog) {
  bench.log.clear();
  for (int i = 0; i < 2'500; ++i) {
    bench.hear("{}");
    bench.hear(write_message(signal::ErrorMessage{.error = "e", .message = "again"}));
  }
  bench.actions();
  EXPECT_EQ(bench.session.stats().bad_messages, 2'500);
  EXPECT_EQ(bench.log.size(), 2U * 10);
  bench.advance(10s);
  bench.actions();
  ASSERT_EQ(bench.log.size(), 2U * (10 + 1));
  EXPECT_THAT(bench.log.back().message, ::testing::HasSubstr(" … and 2490 more like this"));
  EXPECT_EQ(bench.session.stats().log_lines_suppressed, 2 * 2'490);
}

TEST(Viewers, LiveThroughTheLossOfTheServerUnlessTheyWereStillBeingAnswered) {
  for (const auto protocol : {Protocol::legacy, Protocol::v1}) {
    SCOPED_TRACE(static_cast<int>(protocol));
    SessionBench bench(without_status());
    bench.go_online(protocol);
    bench.hear(protocol == Protocol::legacy ? legacy_offer("x") : v1_offer(1, "x"));
    bench.answer(1, "x");
    bench.hear(protocol == Protocol::legacy ? legacy_offer("x") : v1_offer(2, "x"));
    bench.actions();
    bench.session.disconnected(bench.now, 1006, "");
    EXPECT_THAT(bench.actions(), ElementsAre(DropsViewer(2u)));
    bench.advance_to_next();
    bench.session.dialed(bench.now, protocol);
    bench.actions();
    // The new server's ids and places have nothing to do with the old ones.
    bench.hear(protocol == Protocol::legacy ? legacy_offer("y") : v1_offer(1, "y"));
    bench.answer(2, "late");
    bench.answer(3, "y");
    EXPECT_THAT(bench.actions(),
                ElementsAre(MakesViewer(3u, "y"),
                            Sends(protocol == Protocol::legacy ? legacy_answer("y") : v1_answer(1, "y"))));
    EXPECT_EQ(bench.session.viewers(), 2);
  }
}

TEST(Session, RefusesThePartyThatIsPausedBeforeItTakesAnybodysSeat) {
  std::map<std::string, Duration> pauses;
  auto config = without_status();
  config.max_viewers = 1;
  config.pause_of = [&](const std::string& party) { return pauses.contains(party) ? pauses[party] : Duration::zero(); };
  SessionBench bench(config);
  bench.go_online(Protocol::v1);
  const auto offer = [](std::uint64_t id, const char* mark, signal::Permissions permissions) {
    return write_message(
        signal::OfferMessage{.id = signal::OfferId(id), .sdp = make_sdp(mark), .permissions = std::move(permissions)});
  };
  bench.hear(offer(1, "watcher", {.watch_only = true, .grant = "ann"}));
  bench.answer(1, "answer");
  bench.actions();
  pauses["credential bob"] = 3'200ms;
  bench.hear(offer(2, "bob", {.grant = "bob"}));
  const auto actions = bench.actions();
  ASSERT_THAT(actions, ElementsAre(SendsRefusal(2u, Refusal::busy)));
  const auto message = signal::parse_message(std::get<SendText>(actions.front()).text);
  const auto& refusal = std::get<signal::RefusalMessage>(*message);
  EXPECT_EQ(refusal.retry_after, 4s);
  EXPECT_THAT(refusal.message, ::testing::HasSubstr("accepts the next one in 4 s"));
  EXPECT_EQ(bench.session.stats().refused_paused, 1);
  EXPECT_EQ(bench.session.viewers(), 1);
  pauses.clear();
  bench.hear(offer(3, "bob", {.grant = "bob"}));
  bench.actions();
  EXPECT_EQ(bench.session.stats().seats_given, 1);
}

TEST_F(V1Server, IsToldThatAConnectionIsRefusedForNow) {
  bench.hear(v1_offer(1, "one"));
  bench.actions();
  bench.session.answer_failed(bench.now, ViewerId(1), Error(Errc::refused, "Wait."));
  EXPECT_THAT(bench.actions(), ::testing::Contains(SendsRefusal(1u, Refusal::busy)));
}

TEST_F(V1Server, NamesWhoSentAnOffer) {
  bench.hear(v1_offer(1, "one"));
  for (const Action& action : bench.actions()) {
    const auto* make = std::get_if<MakeViewer>(&action);
    EXPECT_TRUE(make == nullptr || make->party.starts_with("certificate sha-256 "));
  }
}

/// Offers come and are answered, fail, time out or end in a random order; the server just counts replies.
void play_legacy(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  SessionBench bench({.max_viewers = 4}, seed);
  bench.go_online(Protocol::legacy);
  std::vector<std::string> expected;  // the mark of each offer, in order
  std::vector<ViewerId> making;
  std::size_t replies = 0;
  const auto drain = [&] {
    for (const Action& action : bench.actions()) {
      if (const auto* make = std::get_if<MakeViewer>(&action)) making.push_back(make->viewer);
      if (const auto* text = std::get_if<SendText>(&action)) {
        ASSERT_LT(replies, expected.size()) << "a reply that nobody asked for";
        const auto reply = signal::parse_answer(text->text).value();
        if (const auto* answer = std::get_if<signal::Description>(&reply)) {
          EXPECT_EQ(answer->sdp, make_sdp(expected[replies], "active"));
        }
        ++replies;
      }
    }
  };
  std::map<ViewerId, std::string> marks;
  for (int step = 0; step < 300; ++step) {
    const auto dice = random() % 10;
    if (dice < 4 && bench.session.state() == State::online) {
      expected.push_back("offer " + std::to_string(step));
      const std::size_t before = making.size();
      bench.hear(legacy_offer(expected.back()));
      drain();
      if (making.size() > before) marks[making.back()] = expected.back();
    } else if (!making.empty()) {
      const ViewerId viewer = making[random() % making.size()];
      if (dice < 7) bench.session.answer_ready(bench.now, viewer, make_sdp(marks[viewer], "active"));
      if (dice == 7) bench.session.answer_failed(bench.now, viewer, Error(Errc::internal, "broken"));
      if (dice == 8) bench.session.viewer_ended(bench.now, viewer);
      if (dice == 9) bench.advance(std::chrono::seconds(random() % 4));
    }
    drain();
  }
  bench.advance(8s);
  drain();
  EXPECT_EQ(replies, expected.size());
}

TEST(Session, RepliesExactlyOnceAndInOrderToALegacyServerWhateverHappens) {
  for (std::uint64_t seed = 1; seed <= 200 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    play_legacy(seed);
  }
}

}  // namespace
}  // namespace rtcbot::session
