#include "rtcbot/robot.hpp"

#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/http_server.hpp"
#include "rtcbot/log.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using test::eventually;
using test::kTimeout;

/// A server as RTCBot's tutorial has it: legacy offers and answers on one socket.
class LegacyServer {
 public:
  explicit LegacyServer(std::uint16_t port = 0) : server_(HttpServer::Options{.address = "127.0.0.1", .port = port}) {
    server_.websocket("/ws", [this](const Websocket& socket) { opened_.put_nowait(socket); });
    server_.start();
  }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }
  [[nodiscard]] std::string url() const { return "ws://127.0.0.1:" + std::to_string(port()) + "/ws"; }
  [[nodiscard]] Websocket robot() { return opened_.get(kTimeout); }

 private:
  QueueSubscription<Websocket> opened_;
  HttpServer server_;
};

class RobotTest : public testing::Test {
 protected:
  void SetUp() override { set_log({}); }
};

TEST_F(RobotTest, AnswersEachViewerWithAConnectionOfItsOwn) {
  LegacyServer server;
  Robot robot(server.url());
  QueueSubscription<Json> heard;
  robot.on_connection([&](RTCConnection& viewer) { viewer.subscribe([&](const Json& m) { heard.put_nowait(m); }); });
  robot.start();
  const auto socket = server.robot();
  for (int i = 0; i < 2; ++i) {
    const RTCConnection viewer;
    viewer.set_remote_description(socket.ask(viewer.get_local_description(), kTimeout));
    viewer.put_nowait(i);
    EXPECT_EQ(heard.get(kTimeout), i);
    EXPECT_EQ(robot.stats().viewers, 1);
    viewer.close();
    EXPECT_TRUE(eventually([&] { return robot.stats().viewers == 0; }));
  }
  EXPECT_EQ(robot.stats().answers, 2);
}

TEST_F(RobotTest, RefusesABadOfferAndTakesTheNextOne) {
  LegacyServer server;
  Robot robot(server.url());
  robot.start();
  const auto socket = server.robot();
  EXPECT_TRUE(socket.ask({{"type", "offer"}, {"sdp", "nonsense"}}, kTimeout).contains("error"));
  EXPECT_TRUE(socket.ask("not even an object", kTimeout).contains("error"));
  const RTCConnection viewer;
  viewer.set_remote_description(socket.ask(viewer.get_local_description(), kTimeout));
  EXPECT_TRUE(viewer.wait_connected(kTimeout));
}

TEST_F(RobotTest, ComesBackWhenItsServerDoesAndKeepsItsViewers) {
  auto server = std::make_unique<LegacyServer>();
  const auto port = server->port();
  Robot robot(server->url());
  robot.on_connection([](RTCConnection&) {});
  robot.start();
  const RTCConnection viewer;
  viewer.set_remote_description(server->robot().ask(viewer.get_local_description(), kTimeout));
  ASSERT_TRUE(viewer.wait_connected(kTimeout));
  server.reset();
  EXPECT_TRUE(eventually([&] { return robot.stats().state == Robot::State::dialing; }));
  server = std::make_unique<LegacyServer>(port);
  (void)server->robot();
  EXPECT_TRUE(eventually([&] { return robot.stats().state == Robot::State::online; }));
  EXPECT_EQ(viewer.state(), ConnectionState::connected);
  EXPECT_EQ(robot.stats().viewers, 1);
}

TEST_F(RobotTest, ClosesItsViewersWhenItEnds) {
  LegacyServer server;
  auto robot = std::make_unique<Robot>(server.url());
  robot->start();
  const auto socket = server.robot();
  const RTCConnection viewer;
  viewer.set_remote_description(socket.ask(viewer.get_local_description(), kTimeout));
  ASSERT_TRUE(viewer.wait_connected(kTimeout));
  robot.reset();
  EXPECT_TRUE(viewer.wait_closed(kTimeout));
  EXPECT_TRUE(socket.wait_closed(kTimeout));
}

TEST_F(RobotTest, TellsWhenItGoesOnline) {
  LegacyServer server;
  Robot robot(server.url());
  QueueSubscription<Robot::State> states;
  robot.on_state([&](Robot::State state, const std::string&) { states.put_nowait(state); });
  robot.start();
  auto state = states.get(kTimeout);
  while (state != Robot::State::online) state = states.get(kTimeout);
  EXPECT_EQ(robot.stats().state, Robot::State::online);
}

TEST_F(RobotTest, EndsAtOnceWhenItsServerIsThere) {
  auto best = std::chrono::steady_clock::duration::max();
  for (int i = 0; i < 3; ++i) {  // as a machine may pause in one
    LegacyServer server;
    Robot robot(server.url());
    robot.start();
    (void)server.robot();
    ASSERT_TRUE(eventually([&] { return robot.stats().state == Robot::State::online; }));
    const auto begin = std::chrono::steady_clock::now();
    robot.close();
    best = std::min(best, std::chrono::steady_clock::now() - begin);
  }
  // Far less than the limit of the wait, which is what it took when nobody told it of the socket's end.
  EXPECT_LT(best, std::chrono::milliseconds(1'200));
}

TEST_F(RobotTest, RefusesTwoNames) {
  EXPECT_THROW(Robot("ws://localhost/digger", {.name = "dogger"}), Error);
  EXPECT_NO_THROW(Robot("ws://localhost/digger", {.name = "digger"}));
}

TEST_F(RobotTest, RefusesANameThatNoPathCanHave) {
  EXPECT_THROW(Robot("ws://localhost/ws", {.name = "not a name!"}), Error);
}

}  // namespace
}  // namespace rtcbot
