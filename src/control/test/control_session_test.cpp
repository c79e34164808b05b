#include "rtcbot/control/control_session.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace rtcbot::control {
namespace {

using Json = nlohmann::json;
using safety::StopReason;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const ViewerId ann{1}, bo{2}, cy{3};

class ControlSessionTest : public ::testing::Test {
 protected:
  struct Told {
    ViewerId to;
    Channel channel;
    Json json;
  };

  void come(ViewerId viewer, bool may_drive = true) {
    session.join(now, viewer, may_drive);
    session.channel_open(now, viewer, Channel::control);
    session.channel_open(now, viewer, Channel::drive);
  }

  void pass(Duration time) {
    const Timestamp until = now + time;
    while (session.next_timeout() <= until) {
      now = std::max(now, session.next_timeout());
      session.handle_timeout(now);
    }
    now = until;
    session.handle_timeout(now);
  }

  void request(ViewerId from, const std::string& what, const Json& value = nullptr) {
    Json json{{"v", 1}, {"type", "request"}, {"id", ++id}, {"what", what}};
    if (!value.is_null()) json["value"] = value;
    session.message(now, from, parse_message(Channel::control, json.dump()));
  }

  void command(ViewerId from, double throttle) {
    const double ms = safety::milliseconds_of(now);
    const Json json{{"v", 1},  {"type", "command"}, {"n", ++number},         {"t", ms - 10}, {"r", ms - 30},
                    {"h", 10}, {"p", 80},           {"axes", {0, throttle}}, {"buttons", 0}, {"mode", "slow"}};
    session.message(now, from, parse_message(Channel::drive, json.dump()));
  }

  /// Everything told since the last call, of one type; to one viewer, if one is given.
  std::vector<Json> told(const std::string& type, std::optional<ViewerId> to = std::nullopt) {
    while (auto message = session.poll_message())
      all.push_back({message->to, message->channel, Json::parse(message->text)});
    std::vector<Json> found;
    std::erase_if(all, [&](const Told& each) {
      if (each.json["type"] != type || (to && each.to != *to)) return false;
      found.push_back(each.json);
      return true;
    });
    return found;
  }

  ControlSession session{Config{.modes = {"slow"}}};
  Timestamp now{std::chrono::hours(2)};
  std::uint64_t id = 0, number = 0;
  std::vector<Told> all;
};

TEST_F(ControlSessionTest, AViewerIsWelcomedOnce) {
  come(ann);
  session.channel_open(now, ann, Channel::control);
  const auto welcome = told("welcome");
  ASSERT_THAT(welcome, SizeIs(1));
  EXPECT_EQ(welcome[0]["viewer"], 1);
  EXPECT_EQ(welcome[0]["limits"]["dead_man_ms"], 250);
  EXPECT_THAT(told("state"), SizeIs(1));
  EXPECT_THAT(told("status"), SizeIs(1));
}

TEST_F(ControlSessionTest, NothingIsToldOfDrivingBeforeTheChannelsAreThere) {
  session.join(now, ann, true);
  session.channel_open(now, ann, Channel::drive);
  pass(seconds(5));
  EXPECT_THAT(told("status"), IsEmpty());
}

TEST_F(ControlSessionTest, SomebodyDrives) {
  come(ann);
  request(ann, "take");
  EXPECT_EQ(told("ack").at(0)["ok"], true);
  command(ann, 0);
  command(ann, 1);
  EXPECT_EQ(session.output().controls.axis[1], 1);
  EXPECT_EQ(session.output().controls.mode, "slow");
  pass(milliseconds(60));
  const auto state = told("state", ann).back();
  EXPECT_EQ(state["driver"], 1);
  const auto status = told("status", ann).back();
  EXPECT_EQ(status["moving"], true);
  EXPECT_EQ(status["n"], 2);
  EXPECT_NEAR(status["age"].get<double>(), 10, 3);
}

TEST_F(ControlSessionTest, TheDriverHearsTenTimesASecondAndOthersTwice) {
  come(ann);
  come(bo);
  request(ann, "take");
  for (int i = 0; i < 50; ++i) {
    command(ann, 0);
    pass(milliseconds(20));
  }
  EXPECT_NEAR(static_cast<double>(told("status", ann).size()), 12, 3);
  EXPECT_NEAR(static_cast<double>(told("status", bo).size()), 4, 3);
}

TEST_F(ControlSessionTest, RequestsAreAnsweredWithAReason) {
  come(ann);
  come(bo);
  come(cy, false);
  request(cy, "take");
  request(cy, "release");
  request(ann, "grant");
  request(ann, "dance");
  request(ann, "take");
  request(ann, "grant");
  request(bo, "take");
  request(ann, "limit", 0.5);
  request(bo, "limit", 0.5);
  std::vector<std::string> errors;
  for (const auto& ack : told("ack")) {
    EXPECT_EQ(ack["ok"] == false, ack.contains("message"));
    errors.push_back(ack.contains("asked") ? "asked" : ack.value("error", ""));
  }
  EXPECT_THAT(errors, ::testing::ElementsAre("may_not_drive", "may_not_drive", "not_driver", "bad_request", "",
                                             "nobody_asks", "asked", "", "not_driver"));
}

TEST_F(ControlSessionTest, AWatcherMayStop) {
  come(ann);
  come(cy, false);
  request(ann, "take");
  command(ann, 0);
  session.message(now, cy, parse_message(Channel::drive, R"({"v":1,"type":"stop","n":1})"));
  EXPECT_EQ(session.output().why, StopReason::emergency_stop);
  pass(milliseconds(60));
  EXPECT_EQ(told("state", ann).back()["stop"]["by"], 3);
  EXPECT_EQ(told("status", cy).back()["stop"], true);
}

TEST_F(ControlSessionTest, TooManyRequestsAreRefusedAndAStopIsNot) {
  come(ann);
  for (int i = 0; i < 100; ++i) request(ann, "take");
  EXPECT_EQ(session.stats().too_many, 80);
  request(ann, "stop");
  EXPECT_TRUE(session.safety().is_stopped());
  const auto acks = told("ack");
  EXPECT_THAT(acks, SizeIs(101)) << "each is answered";
  EXPECT_EQ(acks[50]["error"], "too_many");
}

TEST_F(ControlSessionTest, AFloodOfCommandsIsCutAndNobodyIsToldMoreOften) {
  come(ann);
  come(bo);
  request(ann, "take");
  (void)told("status");
  for (int i = 0; i < 10'000; ++i) command(ann, i % 2 == 0 ? 0 : 1);
  EXPECT_GE(session.stats().too_many, 9'800);
  EXPECT_LE(told("status", bo).size(), 2U);
}

TEST_F(ControlSessionTest, ChangesAreToldTogether) {
  come(ann);
  come(bo);
  pass(seconds(1));
  (void)told("state");
  for (int i = 0; i < 10; ++i) {
    request(ann, "take");
    request(ann, "give");
  }
  EXPECT_LE(told("state", bo).size(), 1U);
  pass(milliseconds(100));
  EXPECT_EQ(told("state", bo).back()["driver"], nullptr) << "and the last of them is";
}

TEST_F(ControlSessionTest, WhatIsNotUnderstoodIsCounted) {
  come(ann);
  session.message(now, ann, parse_message(Channel::drive, "hello"));
  session.message(now, ann, parse_message(Channel::control, R"({"v":1,"type":"dance"})"));
  session.message(now, ViewerId(77), parse_message(Channel::control, "whoever this is"));
  EXPECT_EQ(session.stats().bad_messages, 2);
}

TEST_F(ControlSessionTest, ViewersKnowEachOtherByName) {
  come(ann);
  come(bo);
  session.message(now, bo, parse_message(Channel::control, R"({"v":1,"type":"hello","name":"Bo"})"));
  pass(milliseconds(60));
  const auto people = told("state", ann).back()["people"];
  ASSERT_EQ(people.size(), 2U);
  EXPECT_EQ(people[1]["name"], "Bo");
  session.leave(now, bo);
  pass(milliseconds(60));
  EXPECT_EQ(told("state", ann).back()["people"].size(), 1U);
}

TEST_F(ControlSessionTest, EachViewerChoosesItsCamera) {
  session.set_cameras(now, {{"front", "running", ""}, {"rear", "running", ""}});
  come(ann);
  request(ann, "camera", "rear");
  const auto wanted = session.poll_camera_request();
  ASSERT_TRUE(wanted);
  EXPECT_EQ(wanted->camera, "rear");
  session.show_camera(now, ann, "rear");
  pass(milliseconds(60));
  EXPECT_EQ(told("state", ann).back()["camera"], "rear");
  request(ann, "camera", "side");
  EXPECT_FALSE(session.poll_camera_request());
  EXPECT_EQ(told("ack").back()["error"], "bad_request");
}

TEST_F(ControlSessionTest, TheDriversCameraAloneStopsTheRobot) {
  session.set_cameras(now, {{"front", "running", ""}, {"rear", "running", ""}});
  come(ann);
  request(ann, "take");
  command(ann, 0);
  session.set_cameras(now, {{"front", "running", ""}, {"rear", "failed", ""}});
  EXPECT_EQ(session.output().why, StopReason::none);
  session.set_cameras(now, {{"front", "frozen", ""}, {"rear", "failed", ""}});
  EXPECT_EQ(session.output().why, StopReason::camera_failed);
  session.set_cameras(now, {{"front", "missing", ""}, {"rear", "running", ""}});
  EXPECT_EQ(session.output().why, StopReason::camera_failed) << "a test picture shows no road";
}

TEST_F(ControlSessionTest, TelemetryIsTheNewestAndNotTooOften) {
  come(ann);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(session.telemetry(now, R"({"i":)" + std::to_string(i) + "}"));
    pass(milliseconds(10));
  }
  pass(milliseconds(100));
  const auto all_told = told("telemetry");
  EXPECT_NEAR(static_cast<double>(all_told.size()), 10, 2);
  EXPECT_EQ(all_told.back()["data"]["i"], 99);
  EXPECT_GT(session.stats().telemetry_skipped, 80);
  EXPECT_FALSE(session.telemetry(now, "no JSON"));
}

TEST_F(ControlSessionTest, LargeTelemetryGoesWhereItFits) {
  come(ann);
  EXPECT_TRUE(session.telemetry(now, '"' + std::string(5'000, 'x') + '"'));
  bool seen = false;
  while (const auto message = session.poll_message()) {
    if (message->text.size() < 5'000) continue;
    seen = true;
    EXPECT_EQ(message->channel, Channel::control);
  }
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace rtcbot::control
