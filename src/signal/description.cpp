#include "rtcbot/signal/description.hpp"

#include "json.hpp"
#include "rtcbot/signal/sdp.hpp"

namespace rtcbot::signal {
namespace {

/// Reports every error except too_large as bad_offer.
Error as_bad_offer(const Error& error) {
  return error.code() == Errc::too_large ? error : Error(Errc::bad_offer, error.what());
}

/// Reads an offer or an answer; both have the same form.
Result<Description> description_of(const Json& json, Description::Type type, std::string_view quoted,
                                   const Limits& limits) {
  const std::string word = type == Description::Type::offer ? "offer" : "answer";
  const std::string* found = string_field(json, "type");
  const std::string* sdp = string_field(json, "sdp");
  if (found == nullptr || *found != word) {
    return fail(Errc::bad_message, "The field \"type\" must be \"" + word + "\".");
  }
  if (sdp == nullptr) return fail(Errc::bad_message, "The field \"sdp\" must be a string.");
  return check({.type = type, .sdp = *sdp, .quoted = std::string(quoted)}, limits);
}

/// Approximate size of a message with this description.
std::size_t room_for(std::string_view sdp, std::string_view quoted) {
  return quoted.empty() ? sdp.size() + sdp.size() / 8 + 32 : quoted.size() + 32;
}

}  // namespace

Result<Description> check(Description description, const Limits& limits) {
  auto checked = check_sdp(description.sdp, limits);
  if (!checked) return fail(checked.error());
  if (*checked != description.sdp) description.quoted.clear();
  description.sdp = std::move(*checked);
  return description;
}

Result<Description> parse_offer(std::string_view text, const Limits& limits) {
  RawText raw{"sdp"};
  const Result<Json> json = parse_object(text, limits, &raw);
  if (!json) return fail(as_bad_offer(json.error()));
  auto offer = description_of(*json, Description::Type::offer, raw.quoted, limits);
  if (!offer) return fail(as_bad_offer(offer.error()));
  return offer;
}

Result<std::variant<Description, RobotError>> parse_answer(std::string_view text, const Limits& limits) {
  RawText raw{"sdp"};
  const Result<Json> json = parse_object(text, limits, &raw);
  if (!json) return fail(json.error());
  if (const std::string* error = string_field(*json, "error")) {
    const std::string* message = string_field(*json, "message");
    return RobotError{excerpt(*error, 61), message == nullptr ? std::string() : excerpt(*message, 509)};
  }
  auto answer = description_of(*json, Description::Type::answer, raw.quoted, limits);
  if (!answer) return fail(answer.error());
  return std::move(*answer);
}

std::string write_description(const Description& description) {
  const bool is_offer = description.type == Description::Type::offer;
  std::string text = is_offer ? R"({"type":"offer","sdp":)" : R"({"sdp":)";
  text.reserve(text.size() + room_for(description.sdp, description.quoted));
  append_text(text, description.sdp, description.quoted);
  text += is_offer ? "}" : R"(,"type":"answer"})";
  return text;
}

}  // namespace rtcbot::signal
