#include "rtcbot/websocket.hpp"

#include <future>
#include <memory>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/http_server.hpp"
#include "rtcbot/log.hpp"
#include "rtcbot/net/io_thread.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "support/eventually.hpp"

namespace rtcbot {
namespace {

using namespace std::chrono_literals;
using test::kTimeout;

/// A server on a free port that hands its sockets out.
class WebsocketTest : public testing::Test {
 protected:
  void SetUp() override {
    set_log({});
    server_.websocket("/ws", [this](const Websocket& socket) { opened_.put_nowait(socket); });
    server_.start();
  }
  [[nodiscard]] std::string url() const { return "ws://127.0.0.1:" + std::to_string(server_.port()) + "/ws"; }
  [[nodiscard]] Websocket accepted() { return opened_.get(kTimeout); }

  HttpServer server_{HttpServer::Options{.address = "127.0.0.1", .port = 0}};
  QueueSubscription<Websocket> opened_;
};

TEST_F(WebsocketTest, CarriesMessagesBothWays) {
  const Websocket client(url());
  client.put_nowait({{"question", 1}});
  const auto there = accepted();
  EXPECT_EQ(there.get(kTimeout), Json({{"question", 1}}));
  there.put_nowait("an answer");
  EXPECT_EQ(client.get(kTimeout), "an answer");
}

TEST_F(WebsocketTest, GivesMessagesToACallback) {
  const Websocket client(url());
  std::promise<Json> seen;
  client.subscribe([&](Json message) { seen.set_value(std::move(message)); });
  accepted().put_nowait(42);
  auto future = seen.get_future();
  ASSERT_EQ(future.wait_for(kTimeout), std::future_status::ready);
  EXPECT_EQ(future.get(), 42);
}

TEST_F(WebsocketTest, SendsWhatWasPutBeforeItCloses) {
  {
    const Websocket client(url());
    for (int i = 0; i < 100; ++i) client.put_nowait(i);
    client.close();
  }
  const auto there = accepted();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(there.get(kTimeout), i);
  EXPECT_THROW((void)there.get(kTimeout), Error);
}

TEST_F(WebsocketTest, TheOtherSidesCloseEndsAWaitingGet) {
  const Websocket client(url());
  const auto there = accepted();
  auto waiting = std::async(std::launch::async, [&] { return client.try_get(kTimeout); });
  there.close();
  const auto result = waiting.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::closed);
  EXPECT_TRUE(client.closed());
}

TEST_F(WebsocketTest, AMessageThatIsNotJsonIsReportedAndDropped) {
  const auto io = net::IoThread::create();
  std::promise<std::shared_ptr<net::WebSocket>> dialed;
  const auto attempt = net::dial(io, {.url = url()}, [&](Result<std::shared_ptr<net::WebSocket>> socket) {
    dialed.set_value(value_or_throw(std::move(socket)));
  });
  const auto raw = dialed.get_future().get();
  const auto there = accepted();
  QueueSubscription<Error> reported;
  there.on_error([&](const Error& error) { reported.put_nowait(error); });
  ASSERT_TRUE(raw->send("this is not JSON"));
  EXPECT_EQ(reported.get(kTimeout).code(), Errc::bad_message);
  ASSERT_TRUE(raw->send("[\"this\", \"is\"]"));
  EXPECT_EQ(there.get(kTimeout), Json({"this", "is"}));
}

TEST_F(WebsocketTest, AskClosesWhenNoAnswerComes) {
  const Websocket client(url());
  const auto there = accepted();
  try {
    (void)client.ask("anybody?", 50ms);
    FAIL() << "did not throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::timeout);
  }
  EXPECT_TRUE(there.wait_closed(kTimeout));
}

TEST_F(WebsocketTest, TellsWhenItOpensAndWhenItEnds) {
  const Websocket client(url());
  std::promise<void> ready;
  std::promise<Error> ended;
  client.on_ready([&] { ready.set_value(); });
  client.on_close([&](const Error& reason) { ended.set_value(reason); });
  ASSERT_EQ(ready.get_future().wait_for(kTimeout), std::future_status::ready);
  accepted().close();
  auto future = ended.get_future();
  ASSERT_EQ(future.wait_for(kTimeout), std::future_status::ready);
  EXPECT_EQ(future.get().code(), Errc::closed);
}

TEST_F(WebsocketTest, ASecondAnnouncementIsNotMissedByALateListener) {
  const Websocket client(url());
  ASSERT_TRUE(client.wait_ready(kTimeout));
  std::promise<void> ready;
  client.on_ready([&] { ready.set_value(); });
  EXPECT_EQ(ready.get_future().wait_for(kTimeout), std::future_status::ready);
}

TEST(Websocket, MayBeStartedBeforeItsServer) {
  set_log({});
  std::uint16_t port = 0;
  {
    HttpServer short_lived({.address = "127.0.0.1", .port = 0});
    short_lived.start();
    port = short_lived.port();
  }
  const Websocket client("ws://127.0.0.1:" + std::to_string(port) + "/ws");
  const auto nothing = client.try_get(400ms);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code(), Errc::timeout);
  EXPECT_THAT(nothing.error().what(), testing::HasSubstr("still dialling"));

  HttpServer server({.address = "127.0.0.1", .port = port});
  server.websocket("/ws", [](const Websocket& socket) {
    socket.put_nowait("welcome");
    socket.close();
  });
  server.start();
  EXPECT_EQ(client.get(kTimeout), "welcome");
}

TEST(Websocket, OneAttemptOnlyIfAskedFor) {
  set_log({});
  const Websocket client("ws://127.0.0.1:1/ws", {.dial_until_answered = false});
  const auto result = client.try_get(kTimeout);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::connection_refused);
}

TEST(Websocket, AnAddressThatIsNoneIsRefusedAtOnce) {
  for (const char* url : {"", "localhost", "ftp://localhost/ws", "ws://", "ws://host:99999/"}) {
    SCOPED_TRACE(url);
    try {
      const Websocket client(url);
      ADD_FAILURE() << "did not throw";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::bad_address);
    }
  }
}

}  // namespace
}  // namespace rtcbot
