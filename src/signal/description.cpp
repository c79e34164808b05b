#include "rtcbot/signal/description.hpp"

#include "json.hpp"
#include "rtcbot/signal/sdp.hpp"

namespace rtcbot::signal {
namespace {

/// Only the size keeps a code of its own; everything else is "not an offer" to whoever sent it.
Error as_bad_offer(const Error& error) {
  return error.code() == Errc::too_large ? error : Error(Errc::bad_offer, error.what());
}

Result<std::string> description_of_type(const Json& json, std::string_view type, const Limits& limits) {
  const std::string* found = string_field(json, "type");
  const std::string* sdp = string_field(json, "sdp");
  if (found == nullptr || *found != type) {
    return fail(Errc::bad_message, "The field \"type\" must be \"" + std::string(type) + "\".");
  }
  if (sdp == nullptr) return fail(Errc::bad_message, "The field \"sdp\" must be a string.");
  return check_sdp(*sdp, limits);
}

}  // namespace

Result<Offer> parse_offer(std::string_view text, const Limits& limits) {
  const Result<Json> json = parse_object(text, limits);
  if (!json) return fail(as_bad_offer(json.error()));
  Result<std::string> sdp = description_of_type(*json, "offer", limits);
  if (!sdp) return fail(as_bad_offer(sdp.error()));
  return Offer{std::move(*sdp)};
}

Result<std::variant<Answer, RobotError>> parse_answer(std::string_view text, const Limits& limits) {
  const Result<Json> json = parse_object(text, limits);
  if (!json) return fail(json.error());
  if (const std::string* error = string_field(*json, "error")) {
    const std::string* message = string_field(*json, "message");
    return RobotError{excerpt(*error, 61), message == nullptr ? std::string() : excerpt(*message, 509)};
  }
  Result<std::string> sdp = description_of_type(*json, "answer", limits);
  if (!sdp) return fail(sdp.error());
  return Answer{std::move(*sdp)};
}

std::string write_offer(const Offer& offer) {
  OrderedJson json;
  json["type"] = "offer";
  json["sdp"] = offer.sdp;
  return dump(json);
}

std::string write_answer(const Answer& answer) {
  OrderedJson json;
  json["sdp"] = answer.sdp;
  json["type"] = "answer";
  return dump(json);
}

}  // namespace rtcbot::signal
