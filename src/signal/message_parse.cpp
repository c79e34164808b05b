#include <utility>

#include "message_fields.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::signal {
namespace {

int to_int(std::optional<std::int64_t> value) { return static_cast<int>(value.value_or(0)); }

Message read_hello(Fields& f) {
  Hello hello;
  hello.version = to_int(f.number("version", Need::required, 1'000));
  hello.name = f.text("name", Need::optional);
  hello.instance = f.text("instance", Need::optional);
  hello.max_viewers = to_int(f.number("max_viewers", Need::optional, kMaxViewers));
  hello.features = f.features();
  return hello;
}

Message read_welcome(Fields& f) {
  Welcome welcome;
  welcome.version = to_int(f.number("version", Need::required, 1'000));
  welcome.server = f.text("server", Need::optional);
  welcome.ice_servers = f.ice_servers();
  welcome.features = f.features();
  return welcome;
}

Message read_offer(Fields& f, const Limits& limits) {
  OfferMessage offer;
  offer.id = f.id();
  offer.sdp = f.text("sdp", Need::required, limits.max_sdp_bytes);
  offer.ice_servers = f.ice_servers();
  offer.trickle = f.flag("trickle");
  offer.permissions.watch_only = f.flag("watch_only");
  offer.permissions.grant = f.text("grant", Need::optional, Permissions::kMaxGrantBytes);
  if (const auto seconds = f.number("expires_in", Need::optional, Permissions::kMax.count())) {
    offer.permissions.expires_in = std::chrono::seconds(*seconds);
  }
  return offer;
}

Message read_answer(Fields& f, std::string_view quoted, const Limits& limits) {
  AnswerMessage answer;
  answer.id = f.id();
  answer.sdp = f.text("sdp", Need::required, limits.max_sdp_bytes);
  answer.quoted = quoted;
  return answer;
}

Message read_refusal(Fields& f) {
  RefusalMessage refusal;
  refusal.id = f.id();
  refusal.error = f.text("error", Need::required, 64);
  refusal.message = f.text("message", Need::optional, kMaxSentence);
  if (const auto seconds = f.number("retry_after", Need::optional, kMaxRetrySeconds)) {
    refusal.retry_after = std::chrono::seconds(*seconds);
  }
  return refusal;
}

Message read_candidates(Fields& f, const Limits& limits) {
  Candidates candidates;
  candidates.id = f.id();
  candidates.candidates = kept_candidates(f.candidates(), limits);
  candidates.end = f.flag("end");
  return candidates;
}

Message read_presence(Fields& f) {
  PresenceMessage presence;
  presence.robots = f.robots();
  presence.more = f.flag("more");
  return presence;
}

Message read_error(Fields& f) {
  ErrorMessage error;
  error.error = f.text("error", Need::required, 64);
  error.message = f.text("message", Need::optional, kMaxSentence);
  if (const auto seconds = f.number("retry_after", Need::optional, kMaxRetrySeconds)) {
    error.retry_after = std::chrono::seconds(*seconds);
  }
  return error;
}

Message read_stopping(Fields& f) {
  const auto retry_after = f.number("retry_after_ms", Need::optional, kMaxRetrySeconds * 1'000);
  return Stopping{std::chrono::milliseconds(retry_after.value_or(0))};
}

Message read(std::string_view type, Fields& f, std::string_view quoted, const Limits& limits) {
  if (type == "hello") return read_hello(f);
  if (type == "welcome") return read_welcome(f);
  if (type == "offer") return read_offer(f, limits);
  if (type == "accepted") return Accepted{f.id()};
  if (type == "candidates") return read_candidates(f, limits);
  if (type == "snapshot") return Snapshot{f.jpeg()};
  if (type == "presence") return read_presence(f);
  if (type == "answer") return read_answer(f, quoted, limits);
  if (type == "refusal") return read_refusal(f);
  if (type == "cancel") return Cancel{f.id()};
  if (type == "end") {
    return EndViewers{f.text("grant", Need::required, Permissions::kMaxGrantBytes),
                      f.text("message", Need::optional, kMaxSentence)};
  }
  if (type == "status") {
    return Status{to_int(f.number("viewers", Need::required, kMaxViewers)), f.text("camera", Need::optional, 256),
                  f.grants()};
  }
  if (type == "stopping") return read_stopping(f);
  if (type == "error") return read_error(f);
  return UnknownMessage{excerpt(type, 61)};
}

}  // namespace

Result<Message> parse_message(std::string_view text, const Limits& limits) {
  RawText raw{"sdp"};
  const Result<Json> json = parse_object(text, limits, &raw);
  if (!json) return fail(json.error());
  const std::string* type = string_field(*json, "type");
  if (type == nullptr) return fail(Errc::bad_message, "The field \"type\" must be a string.");
  Fields fields(*json);
  Message message = read(*type, fields, raw.quoted, limits);
  return fields.finish(std::move(message));
}

}  // namespace rtcbot::signal
