#include "rtc_connection_impl.hpp"

namespace rtcbot {

Json to_json(const peer::Description& description) {
  const char* type = description.type == peer::Description::Type::offer ? "offer" : "answer";
  return {{"type", type}, {"sdp", description.sdp}};
}

Result<peer::Description> from_json(const Json& json, peer::Description::Type expected) {
  const bool is_offer = expected == peer::Description::Type::offer;
  const std::string wanted = is_offer ? "offer" : "answer";
  const auto code = is_offer ? Errc::bad_offer : Errc::bad_message;
  if (!json.is_object()) return fail(code, "an " + wanted + " is a JSON object with \"type\" and \"sdp\"");
  if (json.contains("error")) {
    const auto message = json.find("message");
    const bool has_message = message != json.end() && message->is_string();
    return fail(Errc::refused, has_message ? message->get<std::string>() : json["error"].dump());
  }
  const auto type = json.find("type");
  const auto sdp = json.find("sdp");
  if (type == json.end() || *type != wanted) return fail(code, "\"type\" is not \"" + wanted + "\"");
  if (sdp == json.end() || !sdp->is_string()) return fail(code, "\"sdp\" is missing or not a string");
  return peer::Description{expected, sdp->get<std::string>()};
}

}  // namespace rtcbot
