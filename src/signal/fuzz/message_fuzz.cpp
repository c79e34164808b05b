#include "fuzz.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/message.hpp"

using namespace rtcbot;

/// Checks that a parsed frame of either protocol parses to the same message after it is written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto message = signal::parse_message(text);
  if (message) fuzz::require(signal::parse_message(signal::write_message(*message)) == message);
  const auto reply = signal::parse_answer(text);
  if (!reply) return 0;
  if (const auto* answer = std::get_if<signal::Description>(&*reply)) {
    fuzz::require(signal::parse_answer(signal::write_description(*answer)) == reply);
  }
  return 0;
}
