#include "rtcbot/broker/legacy_queue.hpp"

#include <gmock/gmock.h>

namespace rtcbot::broker {
namespace {

using signal::Description;
using signal::OfferId;

Description offer(const std::string& sdp) { return Description::offer(sdp); }

TEST(LegacyQueue, SendsOneOfferAtATimeInOrder) {
  LegacyQueue queue;
  EXPECT_EQ(queue.take_next(), std::nullopt);
  queue.push(OfferId(1), offer("a"));
  queue.push(OfferId(2), offer("b"));
  EXPECT_EQ(queue.take_next(), offer("a"));
  EXPECT_EQ(queue.take_next(), std::nullopt) << "the robot owes an answer";
  EXPECT_EQ(queue.take_answered(), OfferId(1));
  EXPECT_EQ(queue.take_next(), offer("b"));
  EXPECT_EQ(queue.take_answered(), OfferId(2));
}

TEST(LegacyQueue, KnowsAnAnswerWithoutAnOffer) {
  LegacyQueue queue;
  EXPECT_EQ(queue.take_answered(), std::nullopt);
  queue.push(OfferId(1), offer("a"));
  EXPECT_EQ(queue.take_answered(), std::nullopt) << "the offer was not sent yet";
}

TEST(LegacyQueue, SkipsACancelledOfferAndWaitsForTheAnswerOfOneThatWasSent) {
  LegacyQueue queue;
  for (std::uint64_t id = 1; id <= 3; ++id) queue.push(OfferId(id), offer(std::to_string(id)));
  EXPECT_EQ(queue.take_next(), offer("1"));
  queue.cancel(OfferId(1));
  queue.cancel(OfferId(2));
  EXPECT_EQ(queue.take_next(), std::nullopt);
  EXPECT_EQ(queue.take_answered(), OfferId(1)) << "its answer must not be taken for that of another";
  EXPECT_EQ(queue.take_next(), offer("3"));
}

}  // namespace
}  // namespace rtcbot::broker
