#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace rtcbot::net::test {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string get(const std::string& target, const std::string& fields = {}) {
  return "GET " + target + " HTTP/1.1\r\nHost: robot\r\n" + fields + "\r\n";
}

std::string post(const std::string& target, const std::string& body) {
  return "POST " + target + " HTTP/1.1\r\nHost: robot\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

/// What the server says to `bytes`, up to the end of the connection.
std::string all_answers(TestServer& server, const std::string& bytes) {
  RawClient client(server.port());
  EXPECT_TRUE(client.send(bytes));
  return client.read_to_end();
}

TEST(HttpServer, AnswersRequestsOfOneConnectionOneAfterTheOther) {
  TestServer server;
  RawClient client(server.port());

  ASSERT_TRUE(client.send(get("/a%20b?c=d")));
  EXPECT_THAT(client.read_response(), EndsWith("\r\n\r\nGET /a b?c=d "));
  ASSERT_TRUE(client.send(post("/e", "body")));
  EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\nPOST /e? body")));
  EXPECT_EQ(server.server().stats().requests, 2);
  EXPECT_EQ(server.server().stats().connections_open, 1);
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/later/1") + get("/2") + post("/3", "x")));
  const auto asked = server.asked().take();
  ASSERT_TRUE(asked);
  EXPECT_FALSE(client.has_input(50ms)) << "the second answer must wait for the first";

  asked->responder->respond({.body = "first"});

  EXPECT_THAT(client.read_response(), EndsWith("first"));
  EXPECT_THAT(client.read_response(), EndsWith("GET /2? "));
  EXPECT_THAT(client.read_response(), EndsWith("POST /3? x"));
}

TEST(HttpServer, ClosesWhereTheClientAsksForIt) {
  TestServer server;
  EXPECT_THAT(all_answers(server, get("/", "Connection: close\r\n")), HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(all_answers(server, "GET / HTTP/1.0\r\n\r\n"), EndsWith("GET /? "));
}

TEST(HttpServer, LeavesOutTheBodyForHead) {
  TestServer server;
  const auto answer = all_answers(server, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, AllOf(HasSubstr("Content-Length: 7\r\n"), EndsWith("\r\n\r\n")));
}

TEST(HttpServer, Answers400ToWhatIsNoRequestAndCloses) {
  TestServer server;
  for (const auto& bytes : {std::string("\x16\x03\x01 hello\r\n\r\n"), get("/../etc/passwd"), get("/%00")}) {
    SCOPED_TRACE(bytes);
    const auto answer = all_answers(server, bytes);
    EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("Connection: close\r\n"),
                              HasSubstr("Content-Type: application/json\r\n"),
                              HasSubstr("{\"error\":\"bad_request\",\"message\":\"")));
  }
  EXPECT_EQ(server.server().stats().requests_bad, 3);
}

TEST(HttpServer, Answers431ToAHeaderThatIsTooLarge) {
  TestServer server({.header_limit = 1000});
  EXPECT_THAT(all_answers(server, get("/", "X: " + std::string(2000, 'x') + "\r\n")),
              AllOf(StartsWith("HTTP/1.1 431 "), HasSubstr("\"too_large\"")));
  EXPECT_EQ(server.server().stats().requests_too_large, 1);
}

TEST(HttpServer, Answers413AlsoToAClientThatSendsItsWholeBodyFirst) {
  TestServer server;
  RawClient client(server.port());

  ASSERT_TRUE(client.send(post("/", std::string(8'000'000, 'x'))));
  const auto answer = client.read_to_end();

  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("\"too_large\"")));
  EXPECT_FALSE(client.was_reset());
}

TEST(HttpServer, Answers413ToChunksThatAddUpToTooMuch) {
  TestServer server({.body_limit = 10});
  EXPECT_THAT(
      all_answers(server, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n"),
      StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, AsksForTheBodyOfAClientThatWaitsToBeAsked) {
  TestServer server;
  RawClient client(server.port());
  ASSERT_TRUE(client.send("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  EXPECT_EQ(client.read_through("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(client.send("body"));
  EXPECT_THAT(client.read_response(), EndsWith("POST /a? body"));
}

TEST(HttpServer, DoesNotWaitLongForARequestThatDrips) {
  TestServer server({.request_limit = 200ms});
  RawClient client(server.port());
  ASSERT_TRUE(client.send("GET /"));

  while (!client.has_input(10ms)) ASSERT_TRUE(client.send("x"));

  EXPECT_THAT(client.read_to_end(), AllOf(StartsWith("HTTP/1.1 408 "), HasSubstr("\"timeout\"")));
  EXPECT_EQ(server.server().stats().requests_timed_out, 1);
}

TEST(HttpServer, DoesNotWaitLongForABodyThatDoesNotCome) {
  TestServer server({.request_limit = 100ms});
  EXPECT_THAT(all_answers(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo"),
              StartsWith("HTTP/1.1 408 "));
}

TEST(HttpServer, ClosesAConnectionThatIsIdle) {
  TestServer server({.idle_limit = 1s});
  EXPECT_EQ(all_answers(server, ""), "");
  EXPECT_THAT(all_answers(server, get("/")), EndsWith("GET /? "));
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections_open == 0; }));
}

TEST(HttpServer, Answers504WhereTheHandlerDoesNot) {
  TestServer server({.response_limit = 100ms});
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/later")));
  const auto asked = server.asked().take();
  ASSERT_TRUE(asked);
  const auto gone = std::make_shared<Inbox<bool>>();
  asked->responder->on_abandoned([gone] { gone->put(true); });

  EXPECT_THAT(client.read_to_end(), AllOf(StartsWith("HTTP/1.1 504 "), HasSubstr("\"timeout\"")));
  EXPECT_TRUE(gone->take());
  asked->responder->respond({.body = "too late"});
}

TEST(HttpServer, TellsTheHandlerThatTheClientHasGone) {
  TestServer server;
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/later")));
  const auto asked = server.asked().take();
  ASSERT_TRUE(asked);
  const auto gone = std::make_shared<Inbox<int>>();
  asked->responder->on_abandoned([gone] { gone->put(1); });

  client.close();

  EXPECT_EQ(gone->take(), 1);
  // Whoever asks later is told at once.
  asked->responder->on_abandoned([gone] { gone->put(2); });
  EXPECT_EQ(gone->take(), 2);
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections_open == 0; }));
}

TEST(HttpServer, AnswersAClientThatHasShutDownItsSendingHalf) {
  TestServer server;
  for (const bool knows_interim : {true, false}) {
    SCOPED_TRACE(knows_interim);
    RawClient client(server.port());
    ASSERT_TRUE(client.send(knows_interim ? get("/later") : "GET /later HTTP/1.0\r\n\r\n"));
    client.shut_down_sending();
    const auto asked = server.asked().take();
    ASSERT_TRUE(asked);
    const auto gone = std::make_shared<Inbox<bool>>();
    asked->responder->on_abandoned([gone] { gone->put(true); });
    if (knows_interim) {
      EXPECT_EQ(client.read_through("\r\n\r\n"), "HTTP/1.1 102 Processing\r\n\r\n");
    }
    asked->responder->respond({.body = "the answer"});
    EXPECT_THAT(client.read_to_end(), AllOf(HasSubstr(" 200 OK\r\n"), EndsWith("the answer")));
    EXPECT_EQ(gone->size(), 0U);
  }
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections_open == 0; }));
}

TEST(HttpServer, TellsTheHandlerThatAClientHasGoneWhichHadShutDownItsSendingHalfBefore) {
  TestServer server;
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/later")));
  client.shut_down_sending();
  const auto asked = server.asked().take();
  ASSERT_TRUE(asked);
  const auto gone = std::make_shared<Inbox<bool>>();
  asked->responder->on_abandoned([gone] { gone->put(true); });
  EXPECT_EQ(client.read_through("\r\n\r\n"), "HTTP/1.1 102 Processing\r\n\r\n");

  client.reset_on_close();
  client.close();

  EXPECT_TRUE(gone->take());
}

TEST(HttpServer, TellsTheHandlerThatTheClientHasGoneBehindPipelinedRequests) {
  TestServer server;
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/later") + get("/")));
  const auto asked = server.asked().take();
  ASSERT_TRUE(asked);
  const auto gone = std::make_shared<Inbox<bool>>();
  asked->responder->on_abandoned([gone] { gone->put(true); });

  client.reset_on_close();
  client.close();

  EXPECT_TRUE(gone->take());
}

TEST(HttpServer, DoesNotCallAnAnsweredRequestAbandoned) {
  TestServer server;
  const auto gone = std::make_shared<Inbox<bool>>();
  {
    RawClient client(server.port());
    ASSERT_TRUE(client.send(get("/later")));
    const auto asked = server.asked().take();
    ASSERT_TRUE(asked);
    asked->responder->on_abandoned([gone] { gone->put(true); });
    asked->responder->respond({.body = "once"});
    asked->responder->respond({.body = "twice"});
    EXPECT_THAT(client.read_response(), EndsWith("once"));
    ASSERT_TRUE(client.send(get("/next")));
    EXPECT_THAT(client.read_response(), EndsWith("GET /next? "));
  }
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections_open == 0; }));
  EXPECT_EQ(gone->size(), 0U);
}

TEST(HttpServer, Answers500WhereTheHandlerForgetsOrFails) {
  TestServer server;
  for (const auto* path : {"/dropped", "/throws"}) {
    SCOPED_TRACE(path);
    RawClient client(server.port());
    ASSERT_TRUE(client.send(get(path)));
    EXPECT_THAT(client.read_response(), AllOf(StartsWith("HTTP/1.1 500 "), HasSubstr("\"internal\"")));
  }
  EXPECT_THAT(server.log().take().value_or(LogRecord{}).message, HasSubstr("the handler's own fault"));
}

TEST(HttpServer, TurnsConnectionsAwayBeyondItsLimit) {
  TestServer server({.connection_limit = 2});
  RawClient first(server.port());
  RawClient second(server.port());
  ASSERT_TRUE(first.send(get("/")));
  ASSERT_TRUE(second.send(get("/")));
  ASSERT_THAT(first.read_response(), StartsWith("HTTP/1.1 200 "));
  ASSERT_THAT(second.read_response(), StartsWith("HTTP/1.1 200 "));

  EXPECT_THAT(all_answers(server, get("/")),
              AllOf(StartsWith("HTTP/1.1 503 "), HasSubstr("Retry-After: "), HasSubstr("\"busy\"")));

  EXPECT_EQ(server.server().stats().connections_refused, 1);
  first.close();
  EXPECT_TRUE(eventually([&] { return server.server().stats().connections_open == 1; }));
  RawClient third(server.port());
  ASSERT_TRUE(third.send(get("/")));
  EXPECT_THAT(third.read_response(), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServer, RefusesUpgradesThatAreNotSound) {
  TestServer server;
  EXPECT_THAT(all_answers(server, "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 426 "), HasSubstr("Sec-WebSocket-Version: 13\r\n")));
  EXPECT_THAT(all_answers(server,
                          "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                          "Sec-WebSocket-Version: 13\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(all_answers(server, upgrade_request("/ws") + "frames?"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(all_answers(server, upgrade_request("/nowhere")),
              AllOf(StartsWith("HTTP/1.1 404 "), HasSubstr("no such robot")));
  EXPECT_EQ(server.opened().size(), 0U);
}

TEST(HttpServer, RefusesUpgradesWithABodyAtOnce) {
  TestServer server;
  for (const auto& rest : {std::string("Content-Length: 4\r\n"), std::string("Transfer-Encoding: chunked\r\n")}) {
    SCOPED_TRACE(rest);
    EXPECT_THAT(all_answers(server, upgrade_request("/ws", rest)),
                AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("\"bad_request\""), HasSubstr("must not have a body")));
  }
  EXPECT_THAT(all_answers(server, upgrade_request("/ws", "Content-Length: 4\r\n") + "body"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(all_answers(server, upgrade_request("/ws", "Transfer-Encoding: chunked\r\n") + "1\r\nx\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(server.opened().size(), 0U);
  EXPECT_EQ(server.server().stats().requests_bad, 4);
  // Proxies that say that there is none are no harm.
  RawClient client(server.port());
  ASSERT_TRUE(client.send(upgrade_request("/ws", "Content-Length: 0\r\n")));
  EXPECT_THAT(client.read_through("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
}

TEST(HttpServer, UpgradesAKeptConnection) {
  TestServer server;
  RawClient client(server.port());
  ASSERT_TRUE(client.send(get("/")));
  ASSERT_THAT(client.read_response(), StartsWith("HTTP/1.1 200 "));

  ASSERT_TRUE(client.send(upgrade_request("/ws")));

  EXPECT_THAT(
      client.read_through("\r\n\r\n"),
      AllOf(StartsWith("HTTP/1.1 101 "), HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), Not(HasSubstr("Extensions"))));
  EXPECT_TRUE(server.opened().take());
  EXPECT_EQ(server.server().stats().web_sockets_open, 1);
}

TEST(HttpServer, SaysThatThePortIsTakenOrTheAddressIsNone) {
  TestServer server;
  const auto taken = HttpServer::listen(server.io(), {.address = "127.0.0.1", .port = server.port()}, {});
  const auto none = HttpServer::listen(server.io(), {.address = "here"}, {});

  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code(), Errc::address_in_use);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), Errc::bad_address);
}

}  // namespace
}  // namespace rtcbot::net::test
