#include <cmath>
#include <nlohmann/json.hpp>

#include "rtcbot/control/message.hpp"

namespace rtcbot::control {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson begin(const char* type) { return {{"v", 1}, {"type", type}}; }

OrderedJson id_or_null(const std::optional<ViewerId>& viewer) {
  return viewer ? OrderedJson(viewer->value()) : OrderedJson();
}

/// Rounds to microseconds: each digit is sent many times a second.
double short_number(double value) { return std::round(value * 1000) / 1000; }

/// Replaces invalid UTF-8, which outside text such as a camera's name may contain.
std::string text_of(const OrderedJson& json) {
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace

std::string write(const Welcome& message) {
  OrderedJson json = begin("welcome");
  json["viewer"] = message.viewer.value();
  json["may_drive"] = message.may_drive;
  json["limits"] = {{"dead_man_ms", message.dead_man.count()},
                    {"stale_command_ms", message.stale_command.count()},
                    {"stale_picture_ms", message.stale_picture.count()}};
  json["modes"] = message.modes;
  if (message.audio != AudioWays{}) json["audio"] = {{"listen", message.audio.listen}, {"talk", message.audio.talk}};
  return text_of(json);
}

std::string write(const StateMessage& message) {
  OrderedJson json = begin("state");
  json["driver"] = id_or_null(message.driver);
  json["asking"] = id_or_null(message.asking);
  json["people"] = OrderedJson::array();
  for (const auto& person : message.people) {
    json["people"].push_back(
        {{"viewer", person.viewer.value()}, {"name", person.name}, {"may_drive", person.may_drive}});
  }
  json["stop"] = nullptr;
  if (message.stopped) json["stop"] = {{"by", id_or_null(message.stopped_by)}};
  json["limit"] = message.limit;
  json["cameras"] = OrderedJson::array();
  for (const auto& camera : message.cameras) {
    json["cameras"].push_back({{"name", camera.name}, {"state", camera.state}});
  }
  json["camera"] = message.camera;
  return text_of(json);
}

std::string write(const Ack& message) {
  OrderedJson json = begin("ack");
  json["id"] = message.id;
  json["ok"] = message.error.empty();
  if (message.asked) json["asked"] = true;
  if (!message.error.empty()) {
    json["error"] = message.error;
    json["message"] = message.message;
  }
  return text_of(json);
}

std::string write(const StatusMessage& message) {
  OrderedJson json = begin("status");
  json["r"] = short_number(message.robot_ms);
  json["n"] = message.newest;
  json["age"] = message.age_ms ? OrderedJson(short_number(*message.age_ms)) : OrderedJson();
  json["moving"] = message.output.moving();
  json["why"] = safety::name_of(message.output.why);
  json["speed"] = short_number(message.output.speed);
  json["axes"] = OrderedJson::array();
  for (const double axis : message.output.controls.used()) json["axes"].push_back(short_number(axis));
  json["buttons"] = message.output.controls.buttons;
  json["mode"] = message.output.controls.mode;
  json["stop"] = message.stopped;
  json["driver"] = id_or_null(message.driver);
  json["late"] = message.late;
  json["stale"] = message.stale;
  return text_of(json);
}

Result<std::string> write_telemetry(double robot_ms, std::string_view data) {
  if (data.size() > kMaxControlBytes) return fail(Errc::too_large, "telemetry of over 16 KiB is not sent");
  OrderedJson parsed = OrderedJson::parse(data, nullptr, false);
  if (parsed.is_discarded()) return fail(Errc::bad_message, "the telemetry is not JSON");
  OrderedJson json = begin("telemetry");
  json["r"] = short_number(robot_ms);
  json["data"] = std::move(parsed);
  std::string text = text_of(json);
  if (text.size() > kMaxControlBytes) return fail(Errc::too_large, "telemetry of over 16 KiB is not sent");
  return text;
}

}  // namespace rtcbot::control
