#include "rtcbot/cluster/wire.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "rtcbot/base/overloaded.hpp"

namespace rtcbot::cluster {
namespace {

using Json = nlohmann::json;
using signal::Refusal;

constexpr int kVersion = 1;
constexpr std::int64_t kMaxNumber = (std::int64_t{1} << 53) - 1;  // the largest integer that every JSON reader
                                                                  // represents exactly
constexpr std::int64_t kMaxViewers = 1000;
constexpr std::int64_t kMaxRetrySeconds = 3600;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Result<Json> parse_object(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return fail(Errc::too_large, "a server's message is over its limit");
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return fail(Errc::bad_message, "a server's message is not a JSON object");
  return json;
}

/// Reads fields and records if one is missing, has the wrong type or is out of range.
class Fields {
 public:
  explicit Fields(const Json& json) : json_(json) {}

  std::string text(const char* name, std::size_t max_bytes) {
    const auto found = json_.find(name);
    if (found == json_.end() || !found->is_string() || found->get_ref<const std::string&>().size() > max_bytes) {
      is_good_ = false;
      return {};
    }
    return found->get<std::string>();
  }
  std::int64_t number(const char* name, std::int64_t least, std::int64_t most) {
    const auto found = json_.find(name);
    const bool fits = found != json_.end() && found->is_number_integer() &&
                      (!found->is_number_unsigned() || found->get<std::uint64_t>() <= std::uint64_t{kMaxNumber});
    const std::int64_t value = fits ? found->get<std::int64_t>() : least - 1;
    if (value < least || value > most) is_good_ = false;
    return value;
  }
  std::optional<std::int64_t> optional_number(const char* name, std::int64_t least, std::int64_t most) {
    const auto found = json_.find(name);
    if (found == json_.end() || found->is_null()) return std::nullopt;
    return number(name, least, most);
  }
  bool flag(const char* name) {
    const auto found = json_.find(name);
    if (found == json_.end() || !found->is_boolean()) {
      is_good_ = false;
      return false;
    }
    return found->get<bool>();
  }
  std::string server(const char* name) {
    auto id = text(name, kServerIdBytes);
    if (!is_server_id(id)) is_good_ = false;
    return id;
  }
  void require(bool holds) { is_good_ = is_good_ && holds; }
  [[nodiscard]] bool is_good() const { return is_good_; }

 private:
  const Json& json_;
  bool is_good_ = true;
};

/// The first line, and the text after it.
struct Parts {
  Json head;
  std::string_view body;
};
Result<Parts> split(std::string_view text, std::size_t max_body_bytes) {
  const auto end = text.substr(0, kMaxHeadBytes + 1).find('\n');
  if (end == std::string_view::npos) return fail(Errc::bad_message, "a server's message has no first line");
  auto head = parse_object(text.substr(0, end), kMaxHeadBytes);
  if (!head) return fail(head.error());
  text.remove_prefix(end + 1);
  if (text.size() > max_body_bytes) return fail(Errc::too_large, "a server's message is over its limit");
  return Parts{std::move(*head), text};
}

bool is_trace(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
           c == '-';
  });
}

tl::unexpected<Error> bad(const char* what) {
  return fail(Errc::bad_message, std::string(what).append(" of a server has a field that is missing or out of range"));
}

}  // namespace

bool is_server_id(std::string_view text) {
  return text.size() == kServerIdBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string write_entry(const Entry& e) {
  return dump({{"v", kVersion},
               {"server", e.server},
               {"owner", e.owner},
               {"since_ms", e.since_ms},
               {"seen_ms", e.seen_ms},
               {"online", e.online},
               {"protocol", e.protocol == signal::Protocol::v1 ? "rtcbot.v1" : "bare"},
               {"viewers", e.viewers ? Json(*e.viewers) : Json(nullptr)},
               {"camera", e.camera}});
}

Result<Entry> parse_entry(std::string_view text) {
  const auto json = parse_object(text, kMaxEntryBytes);
  if (!json) return fail(json.error());
  Fields f(*json);
  f.number("v", kVersion, kMaxNumber);
  Entry entry;
  entry.server = f.server("server");
  entry.owner = f.text("owner", kMaxOwnerBytes);
  entry.since_ms = f.number("since_ms", 0, kMaxNumber);
  entry.seen_ms = f.number("seen_ms", 0, kMaxNumber);
  entry.online = f.flag("online");
  entry.protocol = f.text("protocol", 16) == "rtcbot.v1" ? signal::Protocol::v1 : signal::Protocol::legacy;
  if (const auto viewers = f.optional_number("viewers", 0, kMaxViewers)) entry.viewers = static_cast<int>(*viewers);
  entry.camera = f.text("camera", kMaxCameraBytes);
  if (!f.is_good()) return bad("an entry");
  return entry;
}

std::string key_of(const signal::RobotName& name) {
  if (name.is_default()) return "nameless";
  std::string key = "robot." + name.text();
  std::replace(key.begin() + 6, key.end(), '.', '=');
  return key;
}

Result<signal::RobotName> name_of_key(std::string_view key) {
  if (key == "nameless") return signal::RobotName();
  if (!key.starts_with("robot.")) return fail(Errc::bad_message, "the key does not belong to a robot");
  std::string name(key.substr(6));
  if (name.empty() || name.find('.') != std::string::npos)
    return fail(Errc::bad_message, "the key does not belong to a robot");
  std::replace(name.begin(), name.end(), '=', '.');
  return signal::RobotName::parse(name);
}

std::string write_question(const Question& question) {
  return std::visit(
      Overloaded{[](const OfferQuestion& offer) {
                   Json head{{"v", kVersion},
                             {"ask", "offer"},
                             {"from", offer.from},
                             {"id", offer.id},
                             {"robot", offer.robot.text()},
                             {"trace", offer.trace},
                             {"watch_only", offer.permissions.watch_only}};
                   if (!offer.permissions.grant.empty()) head["grant"] = offer.permissions.grant;
                   if (offer.permissions.expires_in) head["expires_in"] = offer.permissions.expires_in->count();
                   return dump(head) + "\n" + offer.body;
                 },
                 [](const CancelQuestion& cancel) {
                   return dump({{"v", kVersion}, {"ask", "cancel"}, {"from", cancel.from}, {"id", cancel.id}}) + "\n";
                 },
                 [](const Probe&) {
                   return dump({{"v", kVersion}, {"ask", "nothing"}}) + "\n";
                 }},
      question);
}

Result<Question> parse_question(std::string_view text, const signal::Limits& limits) {
  const auto parts = split(text, limits.max_message_bytes);
  if (!parts) return fail(parts.error());
  Fields f(parts->head);
  f.number("v", kVersion, kMaxNumber);
  const auto kind = f.text("ask", 16);
  if (kind == "nothing" && f.is_good()) return Probe{};
  const auto from = f.server("from");
  const auto id = static_cast<std::uint64_t>(f.number("id", 0, kMaxNumber));
  if (kind == "cancel" && f.is_good()) return CancelQuestion{from, id};
  f.require(kind == "offer");
  auto robot = signal::RobotName::parse(f.text("robot", signal::RobotName::kMaxBytes));
  auto trace = f.text("trace", kMaxTraceBytes);
  f.require(is_trace(trace));
  signal::Permissions permissions{.watch_only = f.flag("watch_only")};
  // Absent in messages from older servers.
  if (parts->head.contains("grant")) permissions.grant = f.text("grant", signal::Permissions::kMaxGrantBytes);
  if (const auto seconds = f.optional_number("expires_in", 0, signal::Permissions::kMax.count())) {
    permissions.expires_in = std::chrono::seconds(*seconds);
  }
  if (!f.is_good() || !robot) return bad("a question");
  return OfferQuestion{from, id, std::move(*robot), std::move(trace), std::string(parts->body), std::move(permissions)};
}

std::string write_reply(std::uint64_t id, const broker::Respond& respond) {
  Json head{{"v", kVersion}, {"id", id}, {"status", respond.status}};
  if (respond.retry_after) head["retry_after"] = respond.retry_after->count();
  return dump(head) + "\n" + respond.body;
}

Result<Reply> parse_reply(std::string_view text, const signal::Limits& limits) {
  const auto parts = split(text, limits.max_message_bytes);
  if (!parts) return fail(parts.error());
  Fields f(parts->head);
  f.number("v", kVersion, kMaxNumber);
  Reply reply;
  reply.id = static_cast<std::uint64_t>(f.number("id", 0, kMaxNumber));
  const auto status = f.number("status", 200, 599);
  const auto retry = f.optional_number("retry_after", 0, kMaxRetrySeconds);
  if (!f.is_good()) return bad("a reply");
  if (status == 200) {
    auto answer = signal::parse_answer(parts->body, limits);
    if (!answer) return fail(answer.error());
    if (!std::holds_alternative<signal::Description>(*answer)) return bad("a reply");
    reply.content = std::get<signal::Description>(std::move(*answer));
    return reply;
  }
  const auto body = parse_object(parts->body, kMaxRefusalBytes);
  if (!body) return fail(body.error());
  Fields refused(*body);
  const auto refusal = signal::refusal_named(refused.text("error", 64));
  RefusalReply content{refusal.value_or(Refusal::internal), refused.text("message", kMaxRefusalBytes), {}};
  if (!refused.is_good() || !refusal || signal::http_status(*refusal) != status) return bad("a reply");
  if (retry) content.retry_after = std::chrono::seconds(*retry);
  reply.content = std::move(content);
  return reply;
}

std::string write_heartbeat(const Heartbeat& heartbeat) {
  Json json{{"v", kVersion}, {"server", heartbeat.server}, {"last", heartbeat.is_last}};
  for (const auto& each : heartbeat.signed_out) {
    json["signed_out"].push_back({{"session", each.session}, {"until", each.until_s}});
  }
  return dump(json);
}

namespace {

/// Nothing if the list is malformed.
std::optional<std::vector<SignOut>> parse_sign_outs(const Json& json) {
  std::vector<SignOut> list;
  const auto found = json.find("signed_out");
  if (found == json.end()) return list;
  if (!found->is_array() || found->size() > Heartbeat::kMaxSignOuts) return std::nullopt;
  for (const auto& entry : *found) {
    if (!entry.is_object()) return std::nullopt;
    Fields f(entry);
    list.push_back({f.text("session", signal::Permissions::kMaxGrantBytes), f.number("until", 0, kMaxNumber)});
    if (!f.is_good()) return std::nullopt;
  }
  return list;
}

}  // namespace

Result<Heartbeat> parse_heartbeat(std::string_view text) {
  const auto json = parse_object(text, kMaxHeadBytes);
  if (!json) return fail(json.error());
  Fields f(*json);
  f.number("v", kVersion, kMaxNumber);
  auto signed_out = parse_sign_outs(*json);
  Heartbeat heartbeat{f.server("server"), f.flag("last")};
  if (!f.is_good() || !signed_out) return bad("a heartbeat");
  heartbeat.signed_out = std::move(*signed_out);
  return heartbeat;
}

}  // namespace rtcbot::cluster
