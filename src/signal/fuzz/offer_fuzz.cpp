#include "fuzz.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/sdp.hpp"

using namespace rtcbot;

/// Checks that an accepted offer is accepted again, unchanged, and fits into a message to the robot.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto offer = signal::parse_offer(text);
  if (!offer) {
    fuzz::require(offer.error().what()[0] != '\0');
  } else {
    fuzz::require(signal::parse_offer(signal::write_description(*offer)) == offer);
    fuzz::require(signal::write_description(*offer).size() < signal::Limits{}.max_message_bytes);
    fuzz::require(offer->sdp.find('\0') == std::string::npos);
  }
  const auto sdp = signal::check_sdp(text);
  if (sdp) fuzz::require(signal::check_sdp(*sdp) == sdp);
  return 0;
}
