#include "base64.hpp"
#include "json.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::signal {
namespace {

OrderedJson typed(const char* type) {
  OrderedJson json;
  json["type"] = type;
  return json;
}

OrderedJson typed(const char* type, OfferId id) {
  OrderedJson json = typed(type);
  json["id"] = id.value();
  return json;
}

void put_unless_empty(OrderedJson& json, const char* name, const std::string& value) {
  if (!value.empty()) json[name] = value;
}

void put_ice_servers(OrderedJson& json, const std::vector<IceServer>& servers) {
  if (servers.empty()) return;
  OrderedJson list = OrderedJson::array();
  for (const IceServer& server : servers) {
    OrderedJson entry;
    entry["urls"] = server.urls;
    put_unless_empty(entry, "username", server.username);
    put_unless_empty(entry, "credential", server.credential);
    list.push_back(std::move(entry));
  }
  json["ice_servers"] = std::move(list);
}

void put_features(OrderedJson& json, const std::vector<std::string>& features) {
  if (!features.empty()) json["features"] = features;
}

OrderedJson to_json(const Candidate& candidate) {
  OrderedJson json;
  json["candidate"] = candidate.text;
  put_unless_empty(json, "sdpMid", candidate.mid);
  if (candidate.line) json["sdpMLineIndex"] = *candidate.line;
  return json;
}

OrderedJson to_json(const Presence& robot) {
  OrderedJson json;
  json["name"] = robot.name;
  json["online"] = robot.online;
  json["for_ms"] = robot.for_time.count();
  if (robot.viewers) json["viewers"] = *robot.viewers;
  put_unless_empty(json, "camera", robot.camera);
  json["protocol"] = robot.protocol == Protocol::v1 ? kSubprotocol : std::string_view("bare");
  if (robot.trickle) json["trickle"] = true;
  if (robot.snapshot) json["snapshot"] = *robot.snapshot;
  if (robot.forgotten) json["forgotten"] = true;
  return json;
}

OrderedJson to_json(const Hello& m) {
  OrderedJson json = typed("hello");
  json["version"] = m.version;
  put_unless_empty(json, "name", m.name);
  put_unless_empty(json, "instance", m.instance);
  if (m.max_viewers > 0) json["max_viewers"] = m.max_viewers;
  put_features(json, m.features);
  return json;
}

OrderedJson to_json(const Welcome& m) {
  OrderedJson json = typed("welcome");
  json["version"] = m.version;
  put_unless_empty(json, "server", m.server);
  put_ice_servers(json, m.ice_servers);
  put_features(json, m.features);
  return json;
}

/// All fields except the description, which is too long to copy.
OrderedJson to_json(const OfferMessage& m) {
  OrderedJson json = OrderedJson::object();
  put_ice_servers(json, m.ice_servers);
  if (m.trickle) json["trickle"] = true;
  if (m.permissions.watch_only) json["watch_only"] = true;
  put_unless_empty(json, "grant", m.permissions.grant);
  if (m.permissions.expires_in) json["expires_in"] = m.permissions.expires_in->count();
  return json;
}

OrderedJson to_json(const Accepted& m) { return typed("accepted", m.id); }

OrderedJson to_json(const Candidates& m) {
  OrderedJson json = typed("candidates", m.id);
  OrderedJson list = OrderedJson::array();
  for (const Candidate& candidate : m.candidates) list.push_back(to_json(candidate));
  json["candidates"] = std::move(list);
  if (m.end) json["end"] = true;
  return json;
}

OrderedJson to_json(const RefusalMessage& m) {
  OrderedJson json = typed("refusal", m.id);
  json["error"] = m.error;
  put_unless_empty(json, "message", m.message);
  if (m.retry_after) json["retry_after"] = m.retry_after->count();
  return json;
}

OrderedJson to_json(const Cancel& m) { return typed("cancel", m.id); }

OrderedJson to_json(const EndViewers& m) {
  OrderedJson json = typed("end");
  json["grant"] = m.grant;
  put_unless_empty(json, "message", m.message);
  return json;
}

OrderedJson to_json(const Status& m) {
  OrderedJson json = typed("status");
  json["viewers"] = m.viewers;
  put_unless_empty(json, "camera", m.camera);
  if (!m.grants.empty()) json["grants"] = m.grants;
  return json;
}

OrderedJson to_json(const Snapshot& m) {
  OrderedJson json = typed("snapshot");
  json["jpeg"] = to_base64(m.jpeg);
  return json;
}

OrderedJson to_json(const PresenceMessage& m) {
  OrderedJson json = typed("presence");
  OrderedJson list = OrderedJson::array();
  for (const Presence& robot : m.robots) list.push_back(to_json(robot));
  json["robots"] = std::move(list);
  if (m.more) json["more"] = true;
  return json;
}

OrderedJson to_json(const Stopping& m) {
  OrderedJson json = typed("stopping");
  json["retry_after_ms"] = m.retry_after.count();
  return json;
}

OrderedJson to_json(const ErrorMessage& m) {
  OrderedJson json = typed("error");
  json["error"] = m.error;
  put_unless_empty(json, "message", m.message);
  if (m.retry_after) json["retry_after"] = m.retry_after->count();
  return json;
}

OrderedJson to_json(const UnknownMessage& m) { return typed(m.type.c_str()); }

/// Writes a message with a description; `more`: the fields after it, as a JSON object.
std::string write_described(std::string_view type, OfferId id, std::string_view sdp, std::string_view quoted,
                            const std::string& more) {
  std::string text;
  text.reserve(sdp.size() + sdp.size() / 8 + more.size() + 64);
  text.append(R"({"type":")").append(type).append(R"(","id":)").append(std::to_string(id.value())).append(R"(,"sdp":)");
  append_text(text, sdp, quoted);
  if (more.size() > 2) text.append(",").append(more, 1, more.size() - 2);
  text += '}';
  return text;
}

std::string write(const OfferMessage& m) { return write_described("offer", m.id, m.sdp, m.quoted, dump(to_json(m))); }
std::string write(const AnswerMessage& m) { return write_described("answer", m.id, m.sdp, m.quoted, {}); }
template <class Any>
std::string write(const Any& m) {
  return dump(to_json(m));
}

}  // namespace

std::string write_message(const Message& message) {
  return std::visit([](const auto& m) { return write(m); }, message);
}

}  // namespace rtcbot::signal
