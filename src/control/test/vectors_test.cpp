#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "rtcbot/base/overloaded.hpp"
#include "rtcbot/control/message.hpp"

namespace rtcbot::control {
namespace {

using Json = nlohmann::json;

Json vectors() {
  std::ifstream file(std::string(RTCBOT_VECTORS) + "/messages.json");
  return Json::parse(file);
}

std::optional<ViewerId> id_in(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(ViewerId(json.get<std::uint64_t>()));
}

/// What a command says, written by hand: the robot itself never writes one.
Json fields_of(const safety::Command& command) {
  const auto& controls = command.controls;
  return {{"v", 1},
          {"type", "command"},
          {"n", command.number},
          {"t", command.page_ms},
          {"r", command.heard_ms},
          {"h", command.held_ms},
          {"p", command.picture_age_ms ? Json(*command.picture_age_ms) : Json()},
          {"axes", std::vector<double>(controls.used().begin(), controls.used().end())},
          {"buttons", controls.buttons},
          {"mode", controls.mode}};
}

Json fields_of(const Request& request) {
  constexpr const char* kWords[] = {"take",    "give",  "grant",  "refuse", "stop",
                                    "release", "limit", "camera", "listen", "talk"};
  Json json{{"v", 1}, {"type", "request"}, {"id", request.id}, {"what", kWords[static_cast<int>(request.what)]}};
  if (request.what == Request::What::limit) json["value"] = request.limit;
  if (request.what == Request::What::camera) json["value"] = request.camera;
  if (request.what == Request::What::listen || request.what == Request::What::talk) json["value"] = request.on;
  return json;
}

/// The fields that were understood; null when the message was refused.
Json understood(const std::string& channel, const std::string& text) {
  const auto message = parse_message(channel == "drive" ? Channel::drive : Channel::control, text);
  if (!message) return nullptr;
  return std::visit(Overloaded{[](const StopMessage& stop) {
                                 return Json{{"v", 1}, {"type", "stop"}, {"n", stop.number}};
                               },
                               [](const safety::Command& command) { return fields_of(command); },
                               [](const Hello& hello) {
                                 return Json{{"v", 1}, {"type", "hello"}, {"name", hello.name}};
                               },
                               [](const Request& request) {
                                 return request.what == Request::What::bad ? Json() : fields_of(request);
                               }},
                    *message);
}

std::string write_state(const Json& json) {
  StateMessage state{.driver = id_in(json["driver"]),
                     .asking = id_in(json["asking"]),
                     .limit = json["limit"],
                     .camera = json["camera"]};
  state.stopped = !json["stop"].is_null();
  if (state.stopped) state.stopped_by = id_in(json["stop"]["by"]);
  for (const auto& person : json["people"]) {
    state.people.push_back({ViewerId(person["viewer"]), person["name"], person["may_drive"]});
  }
  for (const auto& camera : json["cameras"]) {
    state.cameras.push_back({camera["name"], camera["state"], camera.value("reason", "")});
  }
  return write(state);
}

std::string write_status(const Json& json) {
  StatusMessage status;
  status.robot_ms = json["r"];
  status.newest = json["n"];
  status.stopped = json["stop"];
  status.driver = id_in(json["driver"]);
  status.late = json["late"];
  status.stale = json["stale"];
  if (!json["age"].is_null()) status.age_ms = json["age"].get<double>();
  const bool stopped = json["why"] == "emergency_stop";
  status.output.why = stopped ? safety::StopReason::emergency_stop : safety::StopReason::none;
  status.output.speed = json["speed"];
  status.output.controls.axes = json["axes"].size();
  for (std::size_t i = 0; i < json["axes"].size(); ++i) status.output.controls.axis[i] = json["axes"][i];
  status.output.controls.buttons = json["buttons"];
  status.output.controls.mode = json["mode"];
  return write(status);
}

std::string written(const Json& json) {
  const std::string type = json["type"];
  if (type == "welcome") {
    const auto& limits = json["limits"];
    const auto ms = [&](const char* name) { return std::chrono::milliseconds(limits[name].get<int>()); };
    AudioWays audio;
    if (json.contains("audio")) audio = {.listen = json["audio"]["listen"], .talk = json["audio"]["talk"]};
    return write(Welcome{ViewerId(json["viewer"]), json["may_drive"], ms("dead_man_ms"), ms("stale_command_ms"),
                         ms("stale_picture_ms"), json["modes"], audio});
  }
  if (type == "state") return write_state(json);
  if (type == "status") return write_status(json);
  if (type == "telemetry") return value_or_throw(write_telemetry(json["r"], json["data"].dump()));
  if (type == "end") {
    End end{.error = json["error"], .message = json["message"]};
    if (json.contains("retry_after")) end.retry_after = std::chrono::seconds(json["retry_after"].get<int>());
    return write(end);
  }
  Ack ack{.id = json["id"],
          .asked = json.value("asked", false),
          .error = json.value("error", ""),
          .message = json.value("message", "")};
  return write(ack);
}

TEST(Vectors, WhatPagesSayIsUnderstood) {
  int seen = 0;
  for (const auto& vector : vectors()) {
    if (vector["from"] != "page") continue;
    ++seen;
    const std::string text = vector["text"];
    Json expected = vector.contains("refused") ? Json() : Json::parse(text);
    if (vector.contains("read_only")) expected.erase("tilt");
    EXPECT_EQ(understood(vector["channel"], text), expected) << vector["name"];
  }
  EXPECT_GT(seen, 30);
}

TEST(Vectors, WhatTheRobotSaysIsWrittenTheSame) {
  int seen = 0;
  for (const auto& vector : vectors()) {
    if (vector["from"] != "robot" || vector.contains("refused")) continue;
    ++seen;
    const std::string text = vector["text"];
    EXPECT_EQ(Json::parse(written(Json::parse(text))), Json::parse(text)) << vector["name"];
  }
  EXPECT_GE(seen, 10);
}

TEST(Messages, BoundsHold) {
  EXPECT_EQ(parse_message(Channel::drive, std::string(kMaxDriveBytes + 1, ' ')).error().code(), Errc::too_large);
  EXPECT_EQ(parse_message(Channel::control, std::string(kMaxControlBytes + 1, ' ')).error().code(), Errc::too_large);
  EXPECT_EQ(parse_message(Channel::control, std::string(kMaxControlBytes, '[')).error().code(), Errc::bad_message);
  const auto hello = [](const std::string& name) {
    return parse_message(Channel::control, R"({"v":1,"type":"hello","name":")" + name + "\"}").has_value();
  };
  std::string forty;
  for (int i = 0; i < 40; ++i) forty += "ü";
  EXPECT_TRUE(hello(forty));
  EXPECT_FALSE(hello(forty + "x"));
  EXPECT_FALSE(hello("a\\u0007b"));
  EXPECT_FALSE(hello("\xff"));
  EXPECT_EQ(write_telemetry(0, "{").error().code(), Errc::bad_message);
  EXPECT_EQ(write_telemetry(0, '"' + std::string(kMaxControlBytes - 10, 'x') + '"').error().code(), Errc::too_large);
}

TEST(Messages, KnowWhatIsAnEmergencyStop) {
  const auto stops = [](Channel channel, const std::string& text) { return is_stop(*parse_message(channel, text)); };
  EXPECT_TRUE(stops(Channel::drive, R"({"v":1,"type":"stop","n":1})"));
  EXPECT_TRUE(stops(Channel::control, R"({"v":1,"type":"request","id":1,"what":"stop"})"));
  EXPECT_FALSE(stops(Channel::control, R"({"v":1,"type":"request","id":1,"what":"release"})"));
  EXPECT_FALSE(stops(Channel::control, R"({"v":1,"type":"hello","name":"stop"})"));
}

}  // namespace
}  // namespace rtcbot::control
