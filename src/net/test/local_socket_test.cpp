#include "rtcbot/net/local_socket.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rtcbot::net {
namespace {

using namespace std::chrono_literals;

class LocalSocketTest : public testing::Test {
 protected:
  LocalSocketTest() { std::tie(client_, server_) = make_local_sockets(io_, "rtcbot.v1"); }
  /// Returns when the I/O thread has done all that was posted before.
  void settle() const {
    for (int i = 0; i < 2; ++i) {
      std::promise<void> done;
      io_->post([&] { done.set_value(); });
      done.get_future().wait();
    }
  }
  std::shared_ptr<IoThread> io_ = IoThread::create();
  std::shared_ptr<WebSocket> client_;
  std::shared_ptr<WebSocket> server_;
  std::vector<std::string> heard_;
  std::vector<int> closed_;
  WebSocketObserver observer_{.on_message = [this](const std::string& text, bool) { heard_.push_back(text); },
                              .on_closed = [this](const WebSocketClosed& closed) { closed_.push_back(closed.code); }};
};

TEST_F(LocalSocketTest, DeliversInOrderAlsoWhatWasSentBeforeAnybodyListened) {
  EXPECT_EQ(client_->subprotocol(), "rtcbot.v1");
  ASSERT_TRUE(client_->send("a"));
  server_->set_observer(observer_);
  ASSERT_TRUE(client_->send("b"));
  settle();
  EXPECT_THAT(heard_, testing::ElementsAre("a", "b"));
}

TEST_F(LocalSocketTest, ReportsTheCloseToBothSidesOnceAfterTheMessages) {
  server_->set_observer(observer_);
  client_->set_observer(observer_);
  ASSERT_TRUE(client_->send("last"));
  client_->close(4000, "bye");
  server_->close(1000, "too late");
  settle();
  EXPECT_THAT(heard_, testing::ElementsAre("last"));
  EXPECT_THAT(closed_, testing::ElementsAre(4000, 4000));
  EXPECT_EQ(client_->send("x").error().code(), Errc::closed);
  EXPECT_EQ(server_->send("x").error().code(), Errc::closed);
}

TEST_F(LocalSocketTest, ClosesTheOtherSideWhenItIsDropped) {
  server_->set_observer(observer_);
  client_.reset();
  settle();
  EXPECT_THAT(closed_, testing::ElementsAre(1001));
}

TEST_F(LocalSocketTest, RespondsAsLongAsItIsOpen) {
  int responses = 0;
  server_->check_alive([&] { ++responses; });
  settle();
  EXPECT_EQ(responses, 1);
  client_.reset();
  server_->check_alive([&] { ++responses; });
  settle();
  EXPECT_EQ(responses, 1);
}

TEST_F(LocalSocketTest, RefusesMessagesThatNobodyReads) {
  Result<void> sent;
  for (int i = 0; i < 2'000 && sent; ++i) sent = client_->send("x");
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), Errc::queue_full);
}

TEST_F(LocalSocketTest, CallsNobodyAfterItIsDropped) {
  server_->set_observer(observer_);
  ASSERT_TRUE(client_->send("a"));
  server_.reset();
  settle();
  EXPECT_TRUE(closed_.empty());
}

}  // namespace
}  // namespace rtcbot::net
