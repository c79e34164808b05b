#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "rtcbot/control/control_session.hpp"

namespace rtcbot::control {
namespace {

using Json = nlohmann::json;

const ViewerId driver{1}, watcher{2};

class AudioRequests : public ::testing::Test {
 protected:
  void start(AudioWays ways) {
    session.emplace(Config{.audio = ways});
    for (const auto viewer : {driver, watcher}) {
      session->join(now, viewer, viewer == driver);
      session->channel_open(now, viewer, Channel::control);
    }
  }

  /// The newest message of a type to a viewer since the last call.
  Json told(ViewerId to, const std::string& type) {
    Json found;
    while (auto message = session->poll_message()) {
      Json json = Json::parse(message->text);
      if (message->to == to && json["type"] == type) found = std::move(json);
    }
    return found;
  }

  Json ask(ViewerId from, const std::string& what, const Json& value) {
    const Json json{{"v", 1}, {"type", "request"}, {"id", ++id}, {"what", what}, {"value", value}};
    session->message(now, from, parse_message(Channel::control, json.dump()));
    return told(from, "ack");
  }

  std::optional<ControlSession> session;
  Timestamp now{std::chrono::hours(1)};
  int id = 0;
};

TEST_F(AudioRequests, AreOfferedInTheWelcomeAsFarAsAViewerMay) {
  start({.listen = true, .talk = true});
  std::map<ViewerId, Json> welcomes;
  while (auto message = session->poll_message()) {
    Json json = Json::parse(message->text);
    if (json["type"] == "welcome") welcomes[message->to] = json["audio"];
  }
  EXPECT_EQ(welcomes[driver], Json({{"listen", true}, {"talk", true}}));
  EXPECT_EQ(welcomes[watcher], Json({{"listen", true}, {"talk", false}}));
}

TEST_F(AudioRequests, AreNotSpokenOfByARobotWithoutSound) {
  start({});
  EXPECT_FALSE(told(driver, "welcome").contains("audio"));
  EXPECT_EQ(ask(driver, "listen", true)["error"], "bad_request");
  EXPECT_EQ(ask(driver, "talk", true)["error"], "bad_request");
  EXPECT_EQ(session->poll_audio_request(), std::nullopt);
}

TEST_F(AudioRequests, AreHandedOutWhenTheyChange) {
  start({.listen = true, .talk = true});
  EXPECT_EQ(ask(driver, "listen", true)["ok"], true);
  EXPECT_EQ(session->poll_audio_request(), (AudioRequest{driver, {.listen = true}}));
  EXPECT_EQ(ask(driver, "listen", true)["ok"], true);
  EXPECT_EQ(session->poll_audio_request(), std::nullopt);
  EXPECT_EQ(ask(driver, "talk", true)["ok"], true);
  EXPECT_EQ(ask(driver, "listen", false)["ok"], true);
  EXPECT_EQ(session->poll_audio_request(), (AudioRequest{driver, {.talk = true}})) << "the newest counts";
  EXPECT_EQ(session->poll_audio_request(), std::nullopt);
}

TEST_F(AudioRequests, ToTalkNeedTheRightToDrive) {
  start({.listen = true, .talk = true});
  EXPECT_EQ(ask(watcher, "talk", true)["error"], "may_not_drive");
  EXPECT_EQ(session->poll_audio_request(), std::nullopt);
  EXPECT_EQ(ask(watcher, "talk", false)["ok"], true);
  EXPECT_EQ(ask(watcher, "listen", true)["ok"], true);
  EXPECT_EQ(session->poll_audio_request(), (AudioRequest{watcher, {.listen = true}}));
}

TEST_F(AudioRequests, ThatAreNotYesOrNoAreRefused) {
  start({.listen = true, .talk = true});
  for (const Json& value : {Json(1), Json("true"), Json(), Json::array()}) {
    EXPECT_EQ(ask(driver, "listen", value)["error"], "bad_request") << value;
  }
  EXPECT_EQ(session->poll_audio_request(), std::nullopt);
}

TEST_F(AudioRequests, OfOneWhoLeftAreForgotten) {
  start({.listen = true});
  ask(driver, "listen", true);
  session->leave(now, driver);
  EXPECT_EQ(session->poll_audio_request(), std::nullopt);
}

}  // namespace
}  // namespace rtcbot::control
