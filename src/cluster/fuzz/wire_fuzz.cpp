#include "fuzz.hpp"
#include "rtcbot/cluster/cluster.hpp"

using namespace rtcbot;

/// Checks that every input from the bus is either rejected, or can be written and parsed again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  if (const auto entry = cluster::parse_entry(text)) {
    fuzz::require(cluster::parse_entry(cluster::write_entry(*entry)).has_value());
  }
  if (const auto question = cluster::parse_question(text, limits)) {
    fuzz::require(cluster::parse_question(cluster::write_question(*question), limits) == question);
  }
  if (const auto name = cluster::name_of_key(text)) fuzz::require(cluster::key_of(*name) == text);
  (void)cluster::parse_reply(text, limits);
  (void)cluster::parse_heartbeat(text);

  cluster::Cluster cluster({.self = std::string(32, 'a')});
  cluster.link_up({});
  cluster.snapshot_begin();
  cluster.entry({}, "robot.x", text, 1);
  cluster.snapshot_end({}, 1);
  cluster.question({}, text, "reply");
  cluster.heartbeat({}, text);
  int inbound_offers = 0;
  while (const auto action = cluster.poll_action())
    inbound_offers += std::holds_alternative<cluster::ForwardOffer>(*action);
  fuzz::require(inbound_offers <= 1 && cluster.inbound_offers() == static_cast<std::size_t>(inbound_offers));
  return 0;
}
