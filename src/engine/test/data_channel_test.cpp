#include <gtest/gtest.h>

#include "support/pair.hpp"

namespace rtcbot::engine {
namespace {

using testing::make_side;
using testing::negotiate;
using testing::Recorder;
using testing::Side;
using testing::start_engine;

class DataChannel : public ::testing::Test {
 protected:
  void connect() {
    ASSERT_TRUE(negotiate(*caller.peer, *callee.peer));
    ASSERT_TRUE(caller.seen->wait_open("default"));
    ASSERT_TRUE(callee.seen->wait_open("default"));
  }

  std::shared_ptr<Engine> engine = start_engine();
  Side caller = make_side(*engine);
  Side callee = make_side(*engine);
};

TEST_F(DataChannel, CarriesTextAndBytesBothWays) {
  connect();
  const std::string bytes("\0\xff\x80", 3);
  ASSERT_TRUE(caller.peer->send("default", "to the robot", false));
  ASSERT_TRUE(callee.peer->send("default", bytes, true));
  ASSERT_TRUE(callee.seen->wait_messages(1));
  ASSERT_TRUE(caller.seen->wait_messages(1));
  EXPECT_EQ(callee.seen->messages()[0], (Recorder::Message{"default", "to the robot", false}));
  EXPECT_EQ(caller.seen->messages()[0], (Recorder::Message{"default", bytes, true}));
}

TEST_F(DataChannel, CarriesEmptyMessages) {
  connect();
  ASSERT_TRUE(caller.peer->send("default", "", false));
  ASSERT_TRUE(callee.seen->wait_messages(1));
  EXPECT_EQ(callee.seen->messages()[0], (Recorder::Message{"default", "", false}));
}

TEST_F(DataChannel, KeepsTheOrder) {
  connect();
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(caller.peer->send("default", std::to_string(i), false));
  ASSERT_TRUE(callee.seen->wait_messages(200));
  for (std::size_t i = 0; i < 200; ++i) ASSERT_EQ(callee.seen->messages()[i].text, std::to_string(i));
}

TEST_F(DataChannel, OpensFurtherChannelsOfTheCallerByName) {
  ASSERT_TRUE(caller.peer->add_channel("control", false));
  connect();
  ASSERT_TRUE(caller.seen->wait_open("control"));
  ASSERT_TRUE(callee.seen->wait_open("control"));
  ASSERT_TRUE(caller.peer->send("control", "left", false));
  ASSERT_TRUE(callee.seen->wait_messages(1));
  EXPECT_EQ(callee.seen->messages()[0].channel, "control");
}

TEST_F(DataChannel, OpensFurtherChannelsOfTheAnswererByName) {
  ASSERT_TRUE(callee.peer->add_channel("telemetry", true));
  connect();
  ASSERT_TRUE(caller.seen->wait_open("telemetry"));
  ASSERT_TRUE(callee.seen->wait_open("telemetry"));
  ASSERT_TRUE(callee.peer->send("telemetry", "12.6 V", false));
  ASSERT_TRUE(caller.seen->wait_messages(1));
  EXPECT_EQ(caller.seen->messages()[0].channel, "telemetry");
}

TEST_F(DataChannel, RefusesWhatCannotBeSent) {
  const auto early = caller.peer->send("default", "too early", false);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code(), Errc::invalid_state);
  connect();
  EXPECT_EQ(caller.peer->send("nobody", "hello", false).error().code(), Errc::invalid_state);
  EXPECT_EQ(caller.peer->send("default", std::string(300'000, 'x'), true).error().code(), Errc::too_large);
}

TEST_F(DataChannel, RefusesOverItsBoundAndRecovers) {
  connect();
  const std::string block(200'000, 'x');
  int sent = 0;
  Result<void> refused;
  while (refused && sent < 1'000) {
    refused = caller.peer->send("default", block, true);
    sent += refused ? 1 : 0;
  }
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::queue_full);
  ASSERT_TRUE(callee.seen->wait_messages(static_cast<std::size_t>(sent))) << "all that was accepted arrives";
  EXPECT_TRUE(caller.peer->send("default", block, true));
}

TEST_F(DataChannel, KeepsTheClocksNameForItself) {
  EXPECT_EQ(caller.peer->add_channel("rtcbot.clock", false).error().code(), Errc::bad_config);
  connect();
  EXPECT_EQ(callee.peer->send("rtcbot.clock", "clock 1", false).error().code(), Errc::invalid_state);
}

TEST_F(DataChannel, RefusesAChannelNameTwice) {
  ASSERT_TRUE(caller.peer->add_channel("control", true));
  EXPECT_FALSE(caller.peer->add_channel("control", true));
  EXPECT_FALSE(caller.peer->add_channel("default", true));
  EXPECT_FALSE(caller.peer->add_channel("", true));
}

}  // namespace
}  // namespace rtcbot::engine
