#include "rtcbot/rtc_connection.hpp"

#include "rtcbot/http/json_text.hpp"
#include "../rtc_connection_impl.hpp"

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/log.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::kTimeout;

class RTCConnectionTest : public testing::Test {
 protected:
  void SetUp() override { set_log({}); }

  /// Introduces the two: `a` offers.
  static void introduce(const RTCConnection& a, const RTCConnection& b) {
    a.set_remote_description(b.get_local_description(a.get_local_description()));
  }
};

TEST_F(RTCConnectionTest, CarriesMessagesBothWays) {
  const RTCConnection a;
  const RTCConnection b;
  a.put_nowait({{"speed", 0.5}});  // waits for the channel
  introduce(a, b);
  EXPECT_EQ(b.get(kTimeout), Json({{"speed", 0.5}}));
  b.put_nowait("stop");
  EXPECT_EQ(a.get(kTimeout), "stop");
}

TEST_F(RTCConnectionTest, CountsWhatAWatcherSaysAndDeliversNothingOfIt) {
  RTCConnection::Options options;
  options.watch_only = true;
  const RTCConnection a;
  const RTCConnection b(options);
  a.put_nowait("forward");
  introduce(a, b);
  b.put_nowait("seen");
  EXPECT_EQ(a.get(kTimeout), "seen") << "the other way is open";
  a.put_nowait("forward again");
  const auto until = std::chrono::steady_clock::now() + kTimeout;
  while (b.stats().messages_not_heard < 2 && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  EXPECT_EQ(b.stats().messages_not_heard, 2);
  EXPECT_TRUE(b.stats().watch_only);
  EXPECT_THROW(b.get(std::chrono::milliseconds(1)), Error);
}

TEST_F(RTCConnectionTest, TakesWhatIsNestedTooDeepForText) {
  const RTCConnection a;
  const RTCConnection b;
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const std::string shallow = std::string(64, '[') + std::string(64, ']');
  a.put_nowait(Json::parse(shallow));
  introduce(a, b);
  EXPECT_TRUE(b.get(kTimeout).is_array());
  EXPECT_TRUE(from_text(deep).is_discarded());
  EXPECT_TRUE(from_text("[\"" + std::string(100, '[') + "\\\"\"]").is_array()) << "brackets in a text are no levels";
}

TEST_F(RTCConnectionTest, CallsBackWithMessagesAndStates) {
  const RTCConnection a;
  const RTCConnection b;
  QueueSubscription<Json> messages;
  QueueSubscription<ConnectionState> states;
  b.subscribe([&](const Json& message) { messages.put_nowait(message); });
  b.on_state([&](ConnectionState state, const std::optional<Error>&) { states.put_nowait(state); });
  introduce(a, b);
  EXPECT_EQ(states.get(kTimeout), ConnectionState::connected);
  a.put_nowait(1);
  EXPECT_EQ(messages.get(kTimeout), 1);
  a.close();
  EXPECT_EQ(states.get(kTimeout), ConnectionState::closed);
}

TEST_F(RTCConnectionTest, AnswersWithoutWaitingToo) {
  const RTCConnection a;
  const RTCConnection b;
  std::promise<Result<Json>> answered;
  const auto offer = a.get_local_description(kTimeout);
  ASSERT_TRUE(offer);
  b.get_local_description(*offer, [&](const Result<Json>& answer) { answered.set_value(answer); });
  auto future = answered.get_future();
  ASSERT_EQ(future.wait_for(kTimeout), std::future_status::ready);
  const auto answer = future.get();
  ASSERT_TRUE(answer);
  ASSERT_TRUE(a.set_remote_description(*answer, kTimeout));
  EXPECT_TRUE(a.wait_connected(kTimeout));
  EXPECT_TRUE(b.wait_connected(kTimeout));
}

TEST_F(RTCConnectionTest, RefusesWhatIsNoOfferAndSaysWhy) {
  const RTCConnection connection;
  const std::vector<Json> bad = {Json(),
                                 Json(7),
                                 Json::object(),
                                 Json{{"type", "answer"}, {"sdp", "v=0"}},
                                 Json{{"type", "offer"}},
                                 Json{{"type", "offer"}, {"sdp", "garbage"}}};
  for (const auto& offer : bad) {
    SCOPED_TRACE(offer.dump());
    const auto answer = connection.get_local_description(offer, kTimeout);
    ASSERT_FALSE(answer);
    EXPECT_TRUE(answer.error().code() == Errc::bad_offer || answer.error().code() == Errc::bad_message);
    EXPECT_STRNE(answer.error().what(), "");
  }
}

TEST_F(RTCConnectionTest, PassesTheServersRefusalOn) {
  const RTCConnection connection;
  (void)connection.get_local_description();
  const auto result = connection.set_remote_description({{"error", "no_robot"}, {"message", "Start it."}}, kTimeout);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::refused);
  EXPECT_STREQ(result.error().what(), "Start it.");
}

TEST_F(RTCConnectionTest, PutsAnswersThroughTheGateToo) {
  const RTCConnection a;
  const RTCConnection b;
  Json answer = b.get_local_description(a.get_local_description());
  auto& sdp = answer["sdp"].get_ref<std::string&>();
  const std::string setup = "a=setup:active";
  ASSERT_NE(sdp.find(setup), std::string::npos);
  sdp.replace(sdp.find(setup), setup.size(), "a=setup:holdconn");  // libwebrtc ends the process on this
  const auto result = a.set_remote_description(answer, kTimeout);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::bad_message);
}

TEST_F(RTCConnectionTest, IsNegotiatedOnceOnly) {
  const RTCConnection a;
  const RTCConnection b;
  const auto offer = a.get_local_description();
  (void)b.get_local_description(offer);
  const auto again = b.get_local_description(offer, kTimeout);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), Errc::invalid_state);
}

TEST_F(RTCConnectionTest, TheOtherSidesEndIsToldAtOnceWithAReason) {
  auto a = std::make_unique<RTCConnection>();
  const RTCConnection b;
  introduce(*a, b);
  ASSERT_TRUE(b.wait_connected(kTimeout));
  a.reset();  // the last handle closes
  ASSERT_TRUE(b.wait_closed(kTimeout));
  EXPECT_EQ(b.state(), ConnectionState::closed);
  EXPECT_FALSE(b.try_put("anybody?"));
  EXPECT_FALSE(b.try_get(kTimeout));
}

TEST_F(RTCConnectionTest, GivesUpWhereThereIsNoPath) {
  RTCConnection::Options options;
  options.connect_limit = 300ms;
  const RTCConnection a(options);
  Json answer;
  {
    const RTCConnection gone;
    answer = gone.get_local_description(a.get_local_description());
  }
  a.set_remote_description(answer);
  const auto result = a.wait_connected(kTimeout);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::connect_failed);
}

TEST_F(RTCConnectionTest, WaitsForABrowserThatComesLater) {
  RTCConnection::Options options;
  options.connect_limit = 300ms;
  const RTCConnection offering(options);
  const RTCConnection answering(options);
  const Json offer = offering.get_local_description();
  EXPECT_FALSE(offering.wait_closed(1s));
  EXPECT_EQ(answering.state(), ConnectionState::connecting);
  offering.set_remote_description(answering.get_local_description(offer));
  // Whether they find each other within 300 ms is this machine's affair; that they were still there is the library's.
  EXPECT_TRUE(offering.wait_connected(kTimeout) || offering.error()->code() == Errc::connect_failed);
}

TEST_F(RTCConnectionTest, CallsBackAgainAfterACallbackHasThrownAndTellsOfIt) {
  QueueSubscription<std::string> log;
  set_log([&](const LogRecord& record) {
    if (record.room == "callback") log.put_nowait(record.message);
  });
  const RTCConnection a;
  const RTCConnection b;
  QueueSubscription<Json> messages;
  b.subscribe([&](const Json& message) { messages.put_nowait(message.at("speed")); });
  introduce(a, b);
  a.put_nowait("no object");
  a.put_nowait({{"speed", 0.5}});
  EXPECT_EQ(messages.get(kTimeout), 0.5);
  EXPECT_THAT(log.get(kTimeout), testing::AllOf(testing::HasSubstr("type_error"), testing::HasSubstr("called again")));
  set_log({});
}

TEST_F(RTCConnectionTest, GivesOutNothingThatCannotBeWritten) {
  ConnectionEvents events([](const std::function<void()>& task) { task(); }, false);
  events.on_message("default", std::string("\xff\x00\x01", 3), true);
  EXPECT_EQ(events.incoming.get(kTimeout), Json::binary({0xff, 0x00, 0x01}));
  events.on_message("default", "caf\xe9", false);
  EXPECT_EQ(events.incoming.get(kTimeout), Json("caf\xEF\xBF\xBD"));
  events.on_message("default", "{\"a\":1}", true);
  EXPECT_EQ(events.incoming.get(kTimeout), Json({{"a", 1}}));
  events.on_message("default", "", true);
  const Json empty = events.incoming.get(kTimeout);
  EXPECT_TRUE(empty.is_binary());
  EXPECT_NO_THROW((void)empty.dump());
}

TEST_F(RTCConnectionTest, OneCameraServesTwoConnectionsWithOneEncoder) {
  const Camera camera({.source = "test"});
  const RTCConnection robot_side_1;
  const RTCConnection robot_side_2;
  robot_side_1.video().put_subscription(camera);
  robot_side_2.video().put_subscription(camera);
  EXPECT_THROW(robot_side_1.video().put_subscription(camera), Error);
}

}  // namespace
}  // namespace rtcbot
