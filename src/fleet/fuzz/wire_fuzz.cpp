#include "fuzz.hpp"
#include "rtcbot/fleet/fleet.hpp"

using namespace rtcbot;

/// Checks that every input from the bus is either rejected, or can be written and parsed again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  if (const auto entry = fleet::parse_entry(text)) {
    fuzz::require(fleet::parse_entry(fleet::write_entry(*entry)).has_value());
  }
  if (const auto question = fleet::parse_question(text, limits)) {
    fuzz::require(fleet::parse_question(fleet::write_question(*question), limits) == question);
  }
  if (const auto name = fleet::name_of_key(text)) fuzz::require(fleet::key_of(*name) == text);
  (void)fleet::parse_reply(text, limits);
  (void)fleet::parse_beat(text);

  fleet::Fleet fleet({.self = std::string(32, 'a')});
  fleet.link_up({});
  fleet.snapshot_begin();
  fleet.entry({}, "robot.x", text, 1);
  fleet.snapshot_end({}, 1);
  fleet.question({}, text, "reply");
  fleet.beat({}, text);
  int visits = 0;
  while (const auto action = fleet.poll_action()) visits += std::holds_alternative<fleet::PutOffer>(*action);
  fuzz::require(visits <= 1 && fleet.visitors() == static_cast<std::size_t>(visits));
  return 0;
}
