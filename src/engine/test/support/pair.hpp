#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "peer_types.hpp"
#include "recorder.hpp"
#include "rtcbot/engine/engine.hpp"
#include "rtcbot/engine_client/engine_client.hpp"

namespace rtcbot::engine::testing {

/// A peer with its recorder.
struct Side {
  std::shared_ptr<Recorder> seen = std::make_shared<Recorder>();
  std::unique_ptr<Peer> peer;
};

inline Side make_side(Engine& engine, PeerConfig config = {}) {
  Side side;
  auto made = engine.make_peer(std::move(config), side.seen);
  EXPECT_TRUE(made.has_value()) << made.error().what();
  if (made) side.peer = std::move(*made);
  return side;
}

inline Result<Description> offer_of(Peer& peer) {
  auto slot = std::make_shared<Slot<Result<Description>>>();
  peer.create_offer([slot](Result<Description> made) { slot->set(std::move(made)); });
  return slot->wait().value_or(fail(Errc::timeout, "no offer came"));
}

inline Result<Description> answer_of(Peer& peer, const Description& offer) {
  auto slot = std::make_shared<Slot<Result<Description>>>();
  peer.answer(offer, [slot](Result<Description> made) { slot->set(std::move(made)); });
  return slot->wait().value_or(fail(Errc::timeout, "no answer came"));
}

inline Result<void> set_answer_of(Peer& peer, const Description& answer) {
  auto slot = std::make_shared<Slot<Result<void>>>();
  peer.set_answer(answer, [slot](Result<void> done) { slot->set(std::move(done)); });
  return slot->wait().value_or(fail(Errc::timeout, "the answer was not taken"));
}

inline Stats stats_of(Peer& peer) {
  auto slot = std::make_shared<Slot<Stats>>();
  peer.get_stats([slot](Stats stats) { slot->set(std::move(stats)); });
  return slot->wait().value_or(Stats{});
}

/// Makes `caller` offer and `callee` answer.
inline Result<void> negotiate(Peer& caller, Peer& callee) {
  auto offer = offer_of(caller);
  if (!offer) return fail(offer.error());
  auto answer = answer_of(callee, *offer);
  if (!answer) return fail(answer.error());
  return set_answer_of(caller, *answer);
}

/// The engine under test: libwebrtc in this process; in the second program built from these tests, the separate process
/// that robots use.
inline std::shared_ptr<Engine> start_engine() {
#ifdef RTCBOT_TEST_ENGINE_PROGRAM
  auto engine = engine_client::start({.program = RTCBOT_TEST_ENGINE_PROGRAM});
#else
  auto engine = LocalEngine::create({});
#endif
  EXPECT_TRUE(engine.has_value());
  return engine.value_or(nullptr);
}

}  // namespace rtcbot::engine::testing
