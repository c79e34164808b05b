#include <limits>

#include "rtc_connection_impl.hpp"

namespace rtcbot {

Json to_json(const signal::Description& description) {
  const char* type = description.type == signal::Description::Type::offer ? "offer" : "answer";
  return {{"type", type}, {"sdp", description.sdp}};
}

Result<signal::Description> from_json(const Json& json, signal::Description::Type expected) {
  const bool is_offer = expected == signal::Description::Type::offer;
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
  return signal::check({.type = expected, .sdp = sdp->get<std::string>()});
}

Json to_json(const signal::Candidate& candidate) {
  Json json{{"candidate", candidate.text}};
  if (!candidate.mid.empty()) json["sdpMid"] = candidate.mid;
  if (candidate.line) json["sdpMLineIndex"] = *candidate.line;
  return json;
}

Result<signal::Candidate> candidate_from_json(const Json& json) {
  const auto no = [](const char* why) {
    return fail(Errc::bad_message, std::string("this is not a candidate: ") + why);
  };
  if (!json.is_object()) return no("it is not an object");
  const auto field = [&](const char* name) { return json.contains(name) ? json.at(name) : Json(); };
  const Json text = field("candidate"), mid = field("sdpMid"), line = field("sdpMLineIndex");
  if (!text.is_string()) return no("its field \"candidate\" is not a string");
  signal::Candidate candidate{text.get<std::string>(), mid.is_string() ? mid.get<std::string>() : "", {}};
  if (line.is_number_integer() && line >= 0 && line <= std::numeric_limits<int>::max())
    candidate.line = line.get<int>();
  if (auto checked = signal::check(candidate); !checked) return fail(checked.error());
  return candidate;
}

}  // namespace rtcbot
