#include "fuzz.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/description.hpp"

using namespace rtcbot;

/// Checks for each body of `POST /connect` that either the robot gets a good offer or the browser gets a refusal
/// immediately.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  broker::Broker broker({});
  broker.robot_connected({}, {.id = broker::SocketId(1)});
  broker.offer({}, broker::RequestId(1), {}, fuzz::text_of(data, size));
  int sent = 0, refused = 0;
  while (const auto action = broker.poll_action()) {
    if (const auto* text = std::get_if<broker::SendText>(&*action)) {
      fuzz::require(signal::parse_offer(text->text).has_value());
      ++sent;
    }
    if (const auto* respond = std::get_if<broker::Respond>(&*action)) {
      fuzz::require(respond->status == 400 || respond->status == 413);
      ++refused;
    }
  }
  fuzz::require(sent + refused == 1 && broker.waiting() == static_cast<std::size_t>(sent));
  return 0;
}
