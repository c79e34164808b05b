#include <utility>

#include "json.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::signal {
namespace {

constexpr std::size_t kMaxString = 512;
constexpr std::size_t kMaxSentence = 2'048;
constexpr std::int64_t kMaxId = (std::int64_t{1} << 53) - 1;  // The largest integer that JavaScript holds exactly.
constexpr std::size_t kMaxIceServers = 16;
constexpr std::int64_t kMaxViewers = 1'000;
constexpr std::int64_t kMaxRetrySeconds = 3'600;

enum class Presence { required, optional };

/// Reads fields of one object. After the first field that is wrong it gives defaults and keeps the reason.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  std::string text(const char* name, Presence presence, std::size_t limit = kMaxString) {
    const auto field = object_.find(name);
    if (field == object_.end()) {
      if (presence == Presence::required) refuse(name, "is missing");
      return {};
    }
    const auto* value = field->get_ptr<const std::string*>();
    if (value == nullptr || value->size() > limit) {
      refuse(name, "is not a string of at most " + std::to_string(limit) + " bytes");
      return {};
    }
    return *value;
  }

  std::optional<std::int64_t> number(const char* name, Presence presence, std::int64_t limit) {
    const auto field = object_.find(name);
    if (field == object_.end()) {
      if (presence == Presence::required) refuse(name, "is missing");
      return std::nullopt;
    }
    // An unsigned value above 2^63 would come out negative, which the range refuses as well.
    const std::int64_t value = field->is_number_integer() ? field->get<std::int64_t>() : -1;
    if (value < 0 || value > limit) {
      refuse(name, "is not a whole number from 0 to " + std::to_string(limit));
      return std::nullopt;
    }
    return value;
  }

  OfferId id() { return OfferId(static_cast<std::uint64_t>(number("id", Presence::required, kMaxId).value_or(0))); }

  std::vector<IceServer> ice_servers() {
    std::vector<IceServer> servers;
    const auto field = object_.find("ice_servers");
    if (field == object_.end()) return servers;
    if (!field->is_array() || field->size() > kMaxIceServers) {
      refuse("ice_servers", "is not a list of at most " + std::to_string(kMaxIceServers));
      return servers;
    }
    for (const Json& entry : *field) servers.push_back(ice_server(entry));
    return servers;
  }

  Result<Message> finish(Message message) const {
    if (!why_.empty()) return fail(Errc::bad_message, why_);
    return message;
  }

 private:
  IceServer ice_server(const Json& entry) {
    if (!entry.is_object()) {
      refuse("ice_servers", "holds something that is not an object");
      return {};
    }
    Fields fields(entry);
    IceServer server{fields.urls(), fields.text("username", Presence::optional),
                     fields.text("credential", Presence::optional)};
    if (!fields.why_.empty()) refuse("ice_servers", "is wrong: " + fields.why_);
    return server;
  }

  /// One address or a list of them, as browsers take both.
  std::vector<std::string> urls() {
    std::vector<std::string> urls;
    const auto field = object_.find("urls");
    const Json list = field == object_.end() ? Json::array() : field->is_array() ? *field : Json::array({*field});
    for (const Json& url : list) {
      const auto* text = url.get_ptr<const std::string*>();
      if (text != nullptr && text->size() <= kMaxString) urls.push_back(*text);
    }
    if (urls.empty() || urls.size() != list.size()) refuse("urls", "is not an address or a list of addresses");
    return urls;
  }

  void refuse(const char* name, const std::string& why) {
    if (why_.empty()) why_ = "The field \"" + std::string(name) + "\" " + why + ".";
  }

  const Json& object_;
  std::string why_;
};

int to_int(std::optional<std::int64_t> value) { return static_cast<int>(value.value_or(0)); }

Message read_hello(Fields& f) {
  Hello hello;
  hello.version = to_int(f.number("version", Presence::required, 1'000));
  hello.name = f.text("name", Presence::optional);
  hello.instance = f.text("instance", Presence::optional);
  hello.max_viewers = to_int(f.number("max_viewers", Presence::optional, kMaxViewers));
  return hello;
}

Message read_welcome(Fields& f) {
  Welcome welcome;
  welcome.version = to_int(f.number("version", Presence::required, 1'000));
  welcome.server = f.text("server", Presence::optional);
  welcome.ice_servers = f.ice_servers();
  return welcome;
}

Message read_offer(Fields& f, const Limits& limits) {
  OfferMessage offer;
  offer.id = f.id();
  offer.sdp = f.text("sdp", Presence::required, limits.max_sdp_bytes);
  offer.ice_servers = f.ice_servers();
  return offer;
}

Message read_refusal(Fields& f) {
  RefusalMessage refusal;
  refusal.id = f.id();
  refusal.error = f.text("error", Presence::required, 64);
  refusal.message = f.text("message", Presence::optional, kMaxSentence);
  if (const auto seconds = f.number("retry_after", Presence::optional, kMaxRetrySeconds)) {
    refusal.retry_after = std::chrono::seconds(*seconds);
  }
  return refusal;
}

Message read_stopping(Fields& f) {
  const auto retry_after = f.number("retry_after_ms", Presence::optional, kMaxRetrySeconds * 1'000);
  return Stopping{std::chrono::milliseconds(retry_after.value_or(0))};
}

Message read(std::string_view type, Fields& f, const Limits& limits) {
  if (type == "hello") return read_hello(f);
  if (type == "welcome") return read_welcome(f);
  if (type == "offer") return read_offer(f, limits);
  if (type == "answer") return AnswerMessage{f.id(), f.text("sdp", Presence::required, limits.max_sdp_bytes)};
  if (type == "refusal") return read_refusal(f);
  if (type == "cancel") return Cancel{f.id()};
  if (type == "status") {
    return Status{to_int(f.number("viewers", Presence::required, kMaxViewers)),
                  f.text("camera", Presence::optional, 256)};
  }
  if (type == "stopping") return read_stopping(f);
  if (type == "error") {
    return ErrorMessage{f.text("error", Presence::required, 64), f.text("message", Presence::optional, kMaxSentence)};
  }
  return UnknownMessage{excerpt(type, 61)};
}

}  // namespace

Result<Message> parse_message(std::string_view text, const Limits& limits) {
  const Result<Json> json = parse_object(text, limits);
  if (!json) return fail(json.error());
  const std::string* type = string_field(*json, "type");
  if (type == nullptr) return fail(Errc::bad_message, "The field \"type\" must be a string.");
  Fields fields(*json);
  Message message = read(*type, fields, limits);
  return fields.finish(std::move(message));
}

}  // namespace rtcbot::signal
