#include "robot_sockets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes.hpp"
#include "rtcbot/signal/message.hpp"

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;
using test::FakeSocket;
using testing::ElementsAre;

constexpr broker::SocketId kRobot(1);

class RobotSocketsTest : public testing::Test {
 protected:
  void add(RobotSockets::Grant grant = {}) {
    sockets_.add(kRobot, {.socket = socket_, .grant = std::move(grant), .address = "192.0.2.1:1"});
    sockets_.listen(kRobot);
  }
  static RobotSockets::Grant grant_until(access::UnixTime expires) {
    access::Credential credential;
    credential.expires = expires;
    return std::make_shared<const access::Credential>(std::move(credential));
  }

  Timestamp now_{1s};
  std::vector<std::string> heard_;
  int left_ = 0;
  int alive_ = 0;
  RobotSockets sockets_{
      {.rate = {.per_second = 1, .burst = 2},
       .clock = [this] { return now_; },
       .on_message = [this](broker::SocketId, const std::string& text, bool) { heard_.push_back(text); },
       .on_closed = [this](broker::SocketId) { ++left_; },
       .on_alive = [this](broker::SocketId id) { alive_ += sockets_.end_check(id) ? 1 : 0; }}};
  std::shared_ptr<FakeSocket> socket_ = std::make_shared<FakeSocket>();
};

TEST_F(RobotSocketsTest, PassesOnMessagesUpToTheRateAndThenCloses) {
  add();
  socket_->receive("a");
  socket_->receive("b");
  socket_->receive("c");
  EXPECT_THAT(heard_, ElementsAre("a", "b"));
  ASSERT_EQ(socket_->closed.size(), 1u);
  EXPECT_EQ(socket_->closed.front().code, 1008);
  now_ += 1s;
  socket_->receive("d");
  EXPECT_THAT(heard_, ElementsAre("a", "b", "d"));
}

TEST_F(RobotSocketsTest, SendsAndClosesByIdAndIgnoresOthers) {
  add();
  sockets_.send(kRobot, "hello");
  sockets_.settle(kRobot);
  sockets_.close(kRobot, 4000, "bye");
  sockets_.send(broker::SocketId(9), "nobody");
  sockets_.close(broker::SocketId(9), 1000, "");
  EXPECT_THAT(socket_->sent, ElementsAre("hello"));
  EXPECT_TRUE(socket_->is_settled);
  ASSERT_EQ(socket_->closed.size(), 1u);
  EXPECT_EQ(socket_->closed.front().code, 4000);
}

TEST_F(RobotSocketsTest, ClosesARobotThatDoesNotRead) {
  add();
  socket_->is_full = true;
  sockets_.send(kRobot, "hello");
  ASSERT_EQ(socket_->closed.size(), 1u);
  EXPECT_EQ(socket_->closed.front().code, 1013);
}

TEST_F(RobotSocketsTest, ReportsTheEndAndForgetsTheRobot) {
  add();
  EXPECT_EQ(sockets_.address(kRobot), "192.0.2.1:1");
  socket_->end();
  EXPECT_EQ(left_, 1);
  sockets_.remove(kRobot);
  sockets_.send(kRobot, "late");
  EXPECT_TRUE(socket_->sent.empty());
  EXPECT_EQ(sockets_.address(kRobot), "");
}

TEST_F(RobotSocketsTest, PingsOnceForAllWhoAskWhetherARobotResponds) {
  add();
  sockets_.check_alive(kRobot);
  sockets_.check_alive(kRobot);
  sockets_.check_alive(broker::SocketId(9));
  ASSERT_EQ(socket_->checks.size(), 1u);
  socket_->checks.front()();
  EXPECT_EQ(alive_, 1);
  sockets_.check_alive(kRobot);
  ASSERT_EQ(socket_->checks.size(), 2u);
  sockets_.remove(kRobot);
  socket_->checks.back()();
  EXPECT_EQ(alive_, 1) << "it has left";
}

TEST_F(RobotSocketsTest, ClosesOnlyRobotsWhoseCredentialHasEnded) {
  const auto free = std::make_shared<FakeSocket>();
  sockets_.add(broker::SocketId(2), {.socket = free});
  add(grant_until(access::UnixTime(100s)));
  EXPECT_EQ(sockets_.expires(kRobot), access::UnixTime(100s));
  EXPECT_EQ(sockets_.expires(broker::SocketId(2)), access::UnixTime::max());
  sockets_.close_ended([](const access::Credential&) { return std::nullopt; });
  EXPECT_TRUE(socket_->closed.empty());
  sockets_.close_ended([](const access::Credential&) { return std::optional(std::string(500, 'x')); });
  ASSERT_EQ(socket_->closed.size(), 1u);
  EXPECT_EQ(socket_->closed.front().code, signal::kCloseForbidden);
  EXPECT_LE(socket_->closed.front().reason.size(), 123u);
  EXPECT_TRUE(free->closed.empty());
}

}  // namespace
}  // namespace rtcbot::server
