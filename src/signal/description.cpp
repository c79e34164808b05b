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
template <class Description>
Result<Description> description_of_type(const Json& json, std::string_view type, std::string_view quoted,
                                        const Limits& limits) {
  const std::string* found = string_field(json, "type");
  const std::string* sdp = string_field(json, "sdp");
  if (found == nullptr || *found != type) {
    return fail(Errc::bad_message, "The field \"type\" must be \"" + std::string(type) + "\".");
  }
  if (sdp == nullptr) return fail(Errc::bad_message, "The field \"sdp\" must be a string.");
  auto checked = check_sdp(*sdp, limits);
  if (!checked) return fail(checked.error());
  const bool is_unchanged = *checked == *sdp;
  return Description{std::move(*checked), std::string(is_unchanged ? quoted : std::string_view())};
}

/// Approximate size of a message with this description.
std::size_t room_for(std::string_view sdp, std::string_view quoted) {
  return quoted.empty() ? sdp.size() + sdp.size() / 8 + 32 : quoted.size() + 32;
}

}  // namespace

Result<Offer> parse_offer(std::string_view text, const Limits& limits) {
  RawText raw{"sdp"};
  const Result<Json> json = parse_object(text, limits, &raw);
  if (!json) return fail(as_bad_offer(json.error()));
  auto offer = description_of_type<Offer>(*json, "offer", raw.quoted, limits);
  if (!offer) return fail(as_bad_offer(offer.error()));
  return offer;
}

Result<std::variant<Answer, RobotError>> parse_answer(std::string_view text, const Limits& limits) {
  RawText raw{"sdp"};
  const Result<Json> json = parse_object(text, limits, &raw);
  if (!json) return fail(json.error());
  if (const std::string* error = string_field(*json, "error")) {
    const std::string* message = string_field(*json, "message");
    return RobotError{excerpt(*error, 61), message == nullptr ? std::string() : excerpt(*message, 509)};
  }
  auto answer = description_of_type<Answer>(*json, "answer", raw.quoted, limits);
  if (!answer) return fail(answer.error());
  return std::move(*answer);
}

std::string write_offer(const Offer& offer) {
  std::string text = R"({"type":"offer","sdp":)";
  text.reserve(text.size() + room_for(offer.sdp, offer.quoted));
  append_text(text, offer.sdp, offer.quoted);
  text += '}';
  return text;
}

std::string write_answer(const Answer& answer) {
  std::string text = R"({"sdp":)";
  text.reserve(text.size() + room_for(answer.sdp, answer.quoted));
  append_text(text, answer.sdp, answer.quoted);
  text += R"(,"type":"answer"})";
  return text;
}

}  // namespace rtcbot::signal
