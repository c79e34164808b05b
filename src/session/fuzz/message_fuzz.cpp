#include "fuzz.hpp"
#include "rtcbot/session/session.hpp"

using namespace rtcbot;

/// Checks, for any input from the server, that each created viewer and each legacy offer gets a reply within the limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto protocol : {signal::Protocol::legacy, signal::Protocol::v1}) {
    session::Session session({}, 1);
    session.start({});
    session.dialed({}, protocol);
    while (session.poll_action()) continue;
    session.message({}, fuzz::text_of(data, size));
    session.handle_timeout(Timestamp(std::chrono::seconds(8)));
    int made = 0, dropped = 0, sent = 0;
    while (const auto action = session.poll_action()) {
      made += std::holds_alternative<session::MakeViewer>(*action);
      dropped += std::holds_alternative<session::DropViewer>(*action);
      sent += std::holds_alternative<session::SendText>(*action);
    }
    fuzz::require(made == dropped && session.viewers() == 0);
    fuzz::require(protocol == signal::Protocol::legacy ? sent == 1 : sent >= made);
  }
  return 0;
}
