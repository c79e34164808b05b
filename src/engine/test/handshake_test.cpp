// DTLS handshakes that fail: the connection ends and says so, and the process goes on.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "support/pair.hpp"

namespace rtcbot::engine {
namespace {

using std::chrono::milliseconds;
using testing::answer_of;
using testing::make_side;
using testing::negotiate;
using testing::offer_of;
using testing::set_answer_of;
using testing::Side;
using testing::start_engine;

/// The description with another certificate's fingerprint.
Description with_wrong_fingerprint(Description description) {
  const std::string start = "a=fingerprint:sha-256 ";
  for (auto at = description.sdp.find(start); at != std::string::npos; at = description.sdp.find(start, at + 1)) {
    char& digit = description.sdp.at(at + start.size());
    digit = digit == '0' ? '1' : '0';
  }
  return description;
}

enum class Wrong { in_offer, in_answer };

Result<void> negotiate_wrongly(Peer& caller, Peer& callee, Wrong wrong) {
  auto offer = offer_of(caller);
  if (!offer) return fail(offer.error());
  auto answer = answer_of(callee, wrong == Wrong::in_offer ? with_wrong_fingerprint(*offer) : *offer);
  if (!answer) return fail(answer.error());
  return set_answer_of(caller, wrong == Wrong::in_answer ? with_wrong_fingerprint(*answer) : *answer);
}

class Handshake : public ::testing::TestWithParam<Wrong> {
 protected:
  void expect_failed_by_dtls(Side& side) {
    ASSERT_TRUE(side.seen->wait_state(State::failed, PeerConfig{}.connect_limit / 2));
    ASSERT_TRUE(side.seen->reason());
    EXPECT_NE(std::string(side.seen->reason()->what()).find("DTLS"), std::string::npos) << side.seen->reason()->what();
  }
  void expect_alive() {
    Side caller = make_side(*engine);
    Side callee = make_side(*engine);
    ASSERT_TRUE(negotiate(*caller.peer, *callee.peer));
    EXPECT_TRUE(callee.seen->wait_open("default"));
  }

  std::shared_ptr<Engine> engine = start_engine();
};

TEST_P(Handshake, FailsBothSidesWithAReason) {
  {
    Side caller = make_side(*engine);
    Side callee = make_side(*engine);
    ASSERT_TRUE(negotiate_wrongly(*caller.peer, *callee.peer, GetParam()));
    expect_failed_by_dtls(caller);
    expect_failed_by_dtls(callee);
  }
  expect_alive();
}

TEST_P(Handshake, MayFailWhileTheConnectionIsClosed) {
  // Loopback connects within some 30 ms. Which moment is hit does not matter, as all of them are tried.
  for (int delay = 0; delay < 60; delay += 2) {
    Side caller = make_side(*engine);
    Side callee = make_side(*engine);
    ASSERT_TRUE(negotiate_wrongly(*caller.peer, *callee.peer, GetParam()));
    std::this_thread::sleep_for(milliseconds(delay));
    if (delay % 4 == 0) caller.peer->close();
    callee.peer.reset();
  }
  expect_alive();
}

TEST_P(Handshake, MayFailWhileTheEngineGoes) {
  for (int delay = 0; delay < 60; delay += 10) {
    auto own = start_engine();
    Side caller = make_side(*own);
    Side callee = make_side(*own);
    ASSERT_TRUE(negotiate_wrongly(*caller.peer, *callee.peer, GetParam()));
    std::this_thread::sleep_for(milliseconds(delay));
    caller.peer.reset();
    callee.peer.reset();
  }
}

TEST_P(Handshake, MayFailAndTheEngineGoAfterwards) {
  Side caller = make_side(*engine);
  Side callee = make_side(*engine);
  ASSERT_TRUE(negotiate_wrongly(*caller.peer, *callee.peer, GetParam()));
  expect_failed_by_dtls(callee);
  callee.peer.reset();
  caller.peer.reset();
  engine.reset();
}

TEST_P(Handshake, MayFailAtTheConnectLimit) {
  for (const int limit : {5, 10, 15, 20, 25, 30, 40}) {
    Side caller = make_side(*engine, {.connect_limit = milliseconds(limit)});
    Side callee = make_side(*engine, {.connect_limit = milliseconds(limit)});
    // A limit this short may end a side before it is done.
    (void)negotiate_wrongly(*caller.peer, *callee.peer, GetParam());
    EXPECT_TRUE(caller.seen->wait_state(State::failed));
    EXPECT_TRUE(callee.seen->wait_state(State::failed));
  }
  expect_alive();
}

INSTANTIATE_TEST_SUITE_P(Wrong, Handshake, ::testing::Values(Wrong::in_offer, Wrong::in_answer),
                         [](const auto& made) { return made.param == Wrong::in_offer ? "InOffer" : "InAnswer"; });

TEST(RepeatedOffer, EndsOnlyTheAnswerThatTheCallerDidNotTake) {
  const auto engine = start_engine();
  Side caller = make_side(*engine);
  // It may end by the limit: its packets reach the caller, which takes no part in a second handshake.
  Side first = make_side(*engine, {.connect_limit = milliseconds(1'000)});
  Side second = make_side(*engine);
  const auto offer = offer_of(*caller.peer);
  ASSERT_TRUE(offer);
  ASSERT_TRUE(answer_of(*first.peer, *offer));
  const auto answer = answer_of(*second.peer, *offer);
  ASSERT_TRUE(answer);
  ASSERT_TRUE(set_answer_of(*caller.peer, *answer));
  EXPECT_TRUE(first.seen->wait_state(State::failed));
  first.peer.reset();
}

}  // namespace
}  // namespace rtcbot::engine
