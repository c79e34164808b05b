#include "fuzz.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/description.hpp"
#include "sdp_builder.hpp"

using namespace rtcbot;

/// Checks that a waiting browser gets exactly one response, whatever the robot sends.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto protocol : {signal::Protocol::legacy, signal::Protocol::v1}) {
    broker::Broker broker({});
    const broker::SocketId socket(1);
    broker.robot_connected({}, {.id = socket, .protocol = protocol});
    if (protocol == signal::Protocol::v1) broker.robot_message({}, socket, R"({"type":"hello","version":1})", false);
    broker.offer({}, broker::RequestId(1), {}, signal::write_offer({signal::testing::make_sdp("x")}));
    broker.robot_message({}, socket, fuzz::text_of(data, size), false);
    broker.handle_timeout(Timestamp(std::chrono::seconds(20)));
    int responses = 0;
    while (const auto action = broker.poll_action()) responses += std::holds_alternative<broker::Respond>(*action);
    fuzz::require(responses == 1 && broker.waiting() == 0);
  }
  return 0;
}
