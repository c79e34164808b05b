#include <gtest/gtest.h>

#include <future>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace rtcbot::net::test {
namespace {

using namespace std::chrono_literals;

/// Both ends of one WebSocket.
struct Pair {
  std::shared_ptr<WebSocket> client;
  std::shared_ptr<WebSocket> server;
};

Pair connect(TestServer& server, WebSocketClientConfig config = {}) {
  config.url = server.url();
  auto client = value_or_throw(dial_and_wait(server.io(), std::move(config)));
  auto opened = server.opened().take();
  return {client, opened ? opened->socket : nullptr};
}

TEST(WebSocketServer, CountsThoseOfAnAddressThatAreNotSettled) {
  TestServer server({.pending_per_address = 2});
  const auto first = value_or_throw(dial_and_wait(server.io(), {.url = server.url()}));
  const auto opened_first = server.opened().take();
  const auto second = value_or_throw(dial_and_wait(server.io(), {.url = server.url()}));
  ASSERT_TRUE(opened_first);

  EXPECT_EQ(RawClient(server.port()).read_to_end(), "") << "closed without a word";
  EXPECT_EQ(server.server().stats().over_address_limit, 1);

  opened_first->socket->settle();
  opened_first->socket->settle();
  const auto third = value_or_throw(dial_and_wait(server.io(), {.url = server.url()}));
  EXPECT_EQ(RawClient(server.port()).read_to_end(), "") << "the third has the place of the first, and no more";
  ASSERT_TRUE(server.opened().take());
  const auto opened_third = server.opened().take();
  ASSERT_TRUE(opened_third);
  const auto ear = Ear::on(*opened_third->socket);
  third->close();
  ASSERT_TRUE(ear->closed.take());
  EXPECT_TRUE(dial_and_wait(server.io(), {.url = server.url()})) << "who leaves gives its place back";
}

TEST(WebSocket, CarriesTextAndBinaryBothWays) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto at_client = Ear::on(*client);
  const auto at_server = Ear::on(*robot);

  ASSERT_TRUE(client->send("grüße"));
  ASSERT_TRUE(robot->send(std::string("\0\xff", 2), true));

  EXPECT_EQ(at_server->messages.take(), (Message{"grüße", false}));
  EXPECT_EQ(at_client->messages.take(), (Message{std::string("\0\xff", 2), true}));
}

TEST(WebSocket, KeepsTheOrderOfManyMessages) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto ear = Ear::on(*robot);

  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(client->send(std::to_string(i)));

  for (int i = 0; i < 1000; ++i) ASSERT_EQ(ear->messages.take(), (Message{std::to_string(i), false}));
}

TEST(WebSocket, DeliversWhatCameBeforeTheObserver) {
  TestServer server;
  const auto [client, robot] = connect(server);
  ASSERT_TRUE(client->send("first"));
  ASSERT_TRUE(client->send("second"));
  client->close(4000, "done");

  const auto ear = Ear::on(*robot);

  EXPECT_EQ(ear->messages.take(), (Message{"first", false}));
  EXPECT_EQ(ear->messages.take(), (Message{"second", false}));
  EXPECT_EQ(ear->closed.take().value_or(WebSocketClosed{}).code, 4000);
}

TEST(WebSocket, TellsAnObserverThatComesLateHowItEnded) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto at_client = Ear::on(*client);
  client->close(4001, "early");
  ASSERT_TRUE(at_client->closed.take());

  const auto closed = Ear::on(*robot)->closed.take();

  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->code, 4001);
  EXPECT_EQ(closed->reason, "early");
}

TEST(WebSocket, AgreesOnASubprotocol) {
  TestServer server;

  const auto pair = connect(server, {.subprotocols = {"other", "rtcbot.v1"}});

  EXPECT_EQ(pair.client->subprotocol(), "rtcbot.v1");
  EXPECT_EQ(pair.server->subprotocol(), "rtcbot.v1");
}

TEST(WebSocket, HasNoSubprotocolWhereNoneIsAgreed) {
  TestServer server;

  const auto pair = connect(server, {.subprotocols = {"other"}});

  EXPECT_EQ(pair.client->subprotocol(), "");
  EXPECT_EQ(pair.server->subprotocol(), "");
}

TEST(WebSocket, SendsTheHeadersOfTheConfiguration) {
  TestServer server;

  const auto client =
      dial_and_wait(server.io(), {.url = server.url() + "?name=a", .headers = {{"Authorization", "Bearer x"}}});

  ASSERT_TRUE(client);
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->request.headers.at("authorization"), "Bearer x");
  EXPECT_EQ(opened->request.query, "name=a");
}

TEST(WebSocket, TellsTheCloseCodeOfTheClientToTheServer) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto at_client = Ear::on(*client);
  const auto at_server = Ear::on(*robot);

  client->close(4321, "enough");

  const auto heard = at_server->closed.take();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->code, 4321);
  EXPECT_EQ(heard->reason, "enough");
  EXPECT_EQ(at_client->closed.take().value_or(WebSocketClosed{}).code, 4321);
  EXPECT_FALSE(client->send("too late"));
}

TEST(WebSocket, TellsTheCloseCodeOfTheServerToTheClient) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto at_client = Ear::on(*client);

  robot->close(1013);

  EXPECT_EQ(at_client->closed.take().value_or(WebSocketClosed{}).code, 1013);
}

TEST(WebSocket, NeverSendsACloseCodeThatMustNotBeSent) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto at_server = Ear::on(*robot);

  client->close(1006, std::string(200, 'x'));

  const auto heard = at_server->closed.take();
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->code, 1000);
  EXPECT_EQ(heard->reason, std::string(123, 'x'));
}

TEST(WebSocket, SendsWhatIsQueuedBeforeItCloses) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto ear = Ear::on(*robot);

  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client->send(std::string(40'000, 'x')));
  client->close();

  ASSERT_TRUE(ear->closed.take());
  EXPECT_EQ(ear->messages.size(), 20U);
}

TEST(WebSocket, ClosesWith1001WhenItsLastPointerIsDropped) {
  TestServer server;
  auto pair = connect(server);
  const auto ear = Ear::on(*pair.server);
  ASSERT_TRUE(pair.client->send("last words"));

  pair.client.reset();

  EXPECT_EQ(ear->messages.take(), (Message{"last words", false}));
  EXPECT_EQ(ear->closed.take().value_or(WebSocketClosed{}).code, 1001);
}

TEST(WebSocket, MayBeDroppedInsideItsOwnCallback) {
  TestServer server;
  auto pair = connect(server);
  const auto ear = Ear::on(*pair.server);
  auto client = std::make_shared<std::shared_ptr<WebSocket>>(std::move(pair.client));
  (*client)->set_observer({.on_message = [client](const std::string&, bool) { client->reset(); }, .on_closed = {}});

  ASSERT_TRUE(pair.server->send("go"));

  EXPECT_EQ(ear->closed.take().value_or(WebSocketClosed{}).code, 1001);
}

TEST(WebSocket, KeepsItsThreadAliveAndMayEndItFromItself) {
  TestServer server;
  auto io = IoThread::create();
  auto client = std::make_shared<std::shared_ptr<WebSocket>>(value_or_throw(dial_and_wait(io, {.url = server.url()})));
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);
  const auto ear = Ear::on(*opened->socket);
  io.reset();
  auto dropped = std::make_shared<Inbox<bool>>();
  (*client)->set_observer({.on_message =
                               [client, dropped](const std::string&, bool) {
                                 client->reset();
                                 dropped->put(true);
                               },
                           .on_closed = {}});

  ASSERT_TRUE(opened->socket->send("go"));

  EXPECT_TRUE(dropped->take());
  EXPECT_TRUE(ear->closed.take());
}

TEST(WebSocket, ClosesWith1009OnAMessageThatIsTooLarge) {
  TestServer server({.web_socket = {.message_limit = 1000}});
  const auto [client, robot] = connect(server);
  const auto at_client = Ear::on(*client);
  const auto at_server = Ear::on(*robot);

  ASSERT_TRUE(client->send(std::string(1001, 'x')));

  EXPECT_EQ(at_client->closed.take().value_or(WebSocketClosed{}).code, 1009);
  EXPECT_EQ(at_server->closed.take().value_or(WebSocketClosed{}).code, 1009);
  EXPECT_EQ(at_server->messages.size(), 0U);
}

TEST(WebSocket, TakesAMessageThatIsJustNotTooLarge) {
  TestServer server({.web_socket = {.message_limit = 100'000}});
  const auto [client, robot] = connect(server);
  const auto ear = Ear::on(*robot);

  ASSERT_TRUE(client->send(std::string(100'000, 'x')));

  EXPECT_EQ(ear->messages.take(), (Message{std::string(100'000, 'x'), false}));
}

TEST(WebSocket, ClosesWith1007OnTextThatIsNotUtf8) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto at_client = Ear::on(*client);

  ASSERT_TRUE(client->send("\xff\xfe"));

  EXPECT_EQ(at_client->closed.take().value_or(WebSocketClosed{}).code, 1007);
}

TEST(WebSocket, CloseIsBoundedWhereTheOtherSideDoesNotAnswer) {
  TestServer server;
  RawClient raw(server.port());
  ASSERT_TRUE(raw.send(upgrade_request("/ws")));
  ASSERT_TRUE(raw.read_through("\r\n\r\n").starts_with("HTTP/1.1 101"));
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);
  const auto ear = Ear::on(*opened->socket);

  const auto began = std::chrono::steady_clock::now();
  opened->socket->close(1000);
  const auto closed = ear->closed.take();

  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->code, 1006);
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
}

TEST(WebSocket, NoticesAPeerThatIsSilent) {
  TestServer server({.web_socket = {.silence_limit = 300ms}});
  RawClient raw(server.port());
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(raw.send(upgrade_request("/ws")));
  ASSERT_TRUE(raw.read_through("\r\n\r\n").starts_with("HTTP/1.1 101"));
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);

  const auto closed = Ear::on(*opened->socket)->closed.take();

  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->code, 1006);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 300ms);
  EXPECT_EQ(raw.read_exactly(2), std::string("\x89\0", 2)) << "a ping should have come";
}

TEST(WebSocket, KeepsAPeerThatAnswersPings) {
  // As long as a machine may pause and a pong be late.
  TestServer server({.web_socket = {.silence_limit = 4s}});
  RawClient raw(server.port());
  ASSERT_TRUE(raw.send(upgrade_request("/ws")));
  ASSERT_TRUE(raw.read_through("\r\n\r\n").starts_with("HTTP/1.1 101"));
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);
  const auto ear = Ear::on(*opened->socket);

  // A ping comes at half the limit: three are one and a half times the limit.
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(raw.read_exactly(2), std::string("\x89\0", 2));
    ASSERT_TRUE(raw.send(client_frame(0x8a, "")));
  }

  EXPECT_EQ(ear->closed.size(), 0U);
}

TEST(WebSocket, TellsOfAConnectionThatIsCut) {
  TestServer server;
  RawClient raw(server.port());
  ASSERT_TRUE(raw.send(upgrade_request("/ws")));
  ASSERT_TRUE(raw.read_through("\r\n\r\n").starts_with("HTTP/1.1 101"));
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);
  const auto ear = Ear::on(*opened->socket);

  raw.reset_on_close();
  raw.close();

  EXPECT_EQ(ear->closed.take().value_or(WebSocketClosed{.code = 0, .reason = {}}).code, 1006);
}

TEST(WebSocket, SaysQueueFullWhenThePeerDoesNotRead) {
  TestServer server({.web_socket = {.send_queue_limit = 100'000}});
  RawClient raw(server.port());
  ASSERT_TRUE(raw.send(upgrade_request("/ws")));
  ASSERT_TRUE(raw.read_through("\r\n\r\n").starts_with("HTTP/1.1 101"));
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);

  // The kernel takes some megabytes first.
  const bool is_full = eventually([&] {
    const auto sent = opened->socket->send(std::string(50'000, 'x'));
    return !sent && sent.error().code() == Errc::queue_full;
  });

  EXPECT_TRUE(is_full);
}

TEST(WebSocket, ManySendersFromManyThreads) {
  TestServer server;
  const auto [client, robot] = connect(server);
  const auto ear = Ear::on(*robot);

  std::vector<std::future<int>> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.push_back(std::async(std::launch::async, [socket = client] {
      int sent = 0;
      for (int i = 0; i < 500; ++i) sent += socket->send("x") ? 1 : 0;
      return sent;
    }));
  }
  int sent = 0;
  for (auto& sender : senders) sent += sender.get();

  EXPECT_EQ(sent, 2000);
  for (int i = 0; i < sent; ++i) ASSERT_TRUE(ear->messages.take());
}

}  // namespace
}  // namespace rtcbot::net::test
