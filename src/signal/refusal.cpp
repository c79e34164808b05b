#include "rtcbot/signal/refusal.hpp"

#include "json.hpp"

namespace rtcbot::signal {
namespace {

struct Row {
  Refusal refusal;
  std::string_view code;
  int status;
  std::string_view message;
};

constexpr std::array<Row, kRefusalCount> kTable{{
    {Refusal::robot_offline, "robot_offline", 404,
     "No robot of that name is online. Check the name, and that the robot has power and network. It reconnects "
     "automatically."},
    {Refusal::no_robot, "no_robot", 503,
     "No robot is connected to this server. Start one with: rtcbot-robot --server ws://<this server>/ws"},
    {Refusal::robot_left, "robot_left", 502,
     "The robot disconnected before it could answer. Try again in a few seconds; it reconnects automatically."},
    {Refusal::robot_timeout, "robot_timeout", 504,
     "The robot is online but did not answer in time. Try again. If it fails again, see the robot's log."},
    {Refusal::bad_offer, "bad_offer", 400,
     "The body must be the JSON of a WebRTC offer: {\"type\": \"offer\", \"sdp\": \"v=0...\"}."},
    {Refusal::too_large, "too_large", 413,
     "The body is over the limit. Send only the offer, which has a few kilobytes."},
    {Refusal::unauthorized, "unauthorized", 401,
     "This server requires a credential. Ask the operator of this server for one."},
    {Refusal::forbidden, "forbidden", 403,
     "This credential does not allow that. Ask the operator of this server for one that does."},
    {Refusal::name_taken, "name_taken", 409,
     "A robot with another credential is online under this name. Choose another name for this robot."},
    {Refusal::busy, "busy", 429,
     "Too many viewers or requests for this robot at the same time. Try again in a moment."},
    {Refusal::rate_limited, "rate_limited", 429,
     "Too many requests came from this address, or for this robot. Try again in a few seconds."},
    {Refusal::stopping, "stopping", 503, "The server is stopping. Try again in a few seconds."},
    {Refusal::not_found, "not_found", 404, "There is nothing at this address. The page is at /."},
    {Refusal::method_not_allowed, "method_not_allowed", 405, "This address does not accept that method."},
    {Refusal::unavailable, "unavailable", 503,
     "The robot may be at another server, and the servers cannot reach each other now. Try again in a few seconds."},
    {Refusal::internal, "internal", 500, "The server failed unexpectedly. See its log, and please report it."},
}};

constexpr bool table_is_in_order() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].refusal) != i) return false;
  }
  return true;
}
static_assert(table_is_in_order(), "row N must describe enumerator N");

const Row& row(Refusal refusal) { return kTable.at(static_cast<std::size_t>(refusal)); }

}  // namespace

std::string_view code_of(Refusal refusal) { return row(refusal).code; }
int http_status(Refusal refusal) { return row(refusal).status; }
std::string_view default_message(Refusal refusal) { return row(refusal).message; }

std::optional<Refusal> refusal_named(std::string_view code) {
  for (const Row& candidate : kTable) {
    if (candidate.code == code) return candidate.refusal;
  }
  return std::nullopt;
}

std::string refusal_json(Refusal refusal, std::string_view message) {
  OrderedJson json;
  json["error"] = code_of(refusal);
  json["message"] = message.empty() ? default_message(refusal) : message;
  return dump(json);
}

}  // namespace rtcbot::signal
