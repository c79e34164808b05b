#include "fuzz.hpp"
#include "rtcbot/broker/pages.hpp"
#include "sdp_builder.hpp"

using namespace rtcbot;

/// Checks, for any input of a page while a robot with trickle ICE is online, that each forwarded offer is answered or
/// given up, and that nothing is kept for a page that has left.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  broker::Broker broker({});
  broker::RobotDirectory directory;
  broker::Pages pages({}, directory);
  const broker::SocketId robot(1);
  const broker::PageId page(2);
  broker.robot_connected({}, {.id = robot, .protocol = signal::Protocol::v1});
  broker.robot_message({}, robot, R"({"type":"hello","version":1,"features":["trickle"]})", false);
  pages.connected({}, page, {.robot = signal::RobotName()}, "192.0.2.1");
  for (int i = 0; i < 3; ++i) pages.message({}, page, fuzz::text_of(data, size), false);
  pages.disconnected(page);
  while (auto action = pages.poll_action()) {
    if (auto* offer = std::get_if<broker::PageOffer>(&*action)) {
      broker.page_offer({}, *offer);
    } else if (auto* candidates = std::get_if<broker::PageCandidates>(&*action)) {
      broker.page_candidates(candidates->request, candidates->candidates, candidates->end);
    } else if (const auto* given_up = std::get_if<broker::GiveUp>(&*action)) {
      broker.request_abandoned({}, given_up->request);
    }
  }
  fuzz::require(pages.size() == 0 && broker.waiting() == 0 && broker.next_timeout() == kNever);
  return 0;
}
