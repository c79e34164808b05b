// Candidates that travel by themselves (RFC 8838).
#include <gtest/gtest.h>

#include "support/pair.hpp"

namespace rtcbot::engine {
namespace {

using testing::answer_of;
using testing::make_side;
using testing::offer_of;
using testing::set_answer_of;
using testing::Side;
using testing::start_engine;
using testing::stats_of;

std::size_t candidates_in(const Description& description) {
  std::size_t count = 0;
  for (auto at = description.sdp.find("a=candidate:"); at != std::string::npos;
       at = description.sdp.find("a=candidate:", at + 1)) {
    ++count;
  }
  return count;
}

TEST(Trickle, GivesDescriptionsAtOnceAndConnectsByWhatComesLater) {
  const auto engine = start_engine();
  Side caller = make_side(*engine, {.trickle = true});
  Side callee = make_side(*engine, {.trickle = true});
  const auto offer = offer_of(*caller.peer);
  ASSERT_TRUE(offer.has_value());
  ASSERT_TRUE(caller.seen->wait_gathered());
  // Before the description, as the network may reorder them.
  for (const auto& candidate : caller.seen->candidates()) callee.peer->add_candidate(candidate);
  const auto answer = answer_of(*callee.peer, *offer);
  ASSERT_TRUE(answer.has_value());
  ASSERT_TRUE(set_answer_of(*caller.peer, *answer));
  ASSERT_TRUE(callee.seen->wait_gathered());
  EXPECT_GT(callee.seen->candidates().size() + candidates_in(*answer), 0u);
  for (const auto& candidate : callee.seen->candidates()) caller.peer->add_candidate(candidate);
  EXPECT_TRUE(caller.seen->wait_state(State::connected));
  EXPECT_TRUE(callee.seen->wait_state(State::connected));
  EXPECT_EQ(stats_of(*callee.peer).candidates_refused, 0);
}

TEST(Trickle, LeavesOutAndCountsWhatCannotBeUsed) {
  const auto engine = start_engine();
  Side caller = make_side(*engine, {.trickle = true});
  Side callee = make_side(*engine, {.trickle = true});
  const auto offer = offer_of(*caller.peer);
  ASSERT_TRUE(offer.has_value());
  ASSERT_TRUE(answer_of(*callee.peer, *offer).has_value());
  callee.peer->add_candidate({"candidate:1 1 udp 1 host.example 5000 typ host", "0", 0});
  callee.peer->add_candidate({"nonsense", "0", 0});
  EXPECT_EQ(stats_of(*callee.peer).candidates_refused, 2);
  EXPECT_EQ(callee.peer->state(), State::connecting);
}

TEST(Trickle, ToldNothingWhereItWasNotAskedFor) {
  const auto engine = start_engine();
  Side caller = make_side(*engine);
  const auto offer = offer_of(*caller.peer);
  ASSERT_TRUE(offer.has_value());
  EXPECT_GT(candidates_in(*offer), 0u);
  EXPECT_TRUE(caller.seen->candidates().empty());
}

}  // namespace
}  // namespace rtcbot::engine
