#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"
#include "support/tls_echo_server.hpp"
#include "tls.hpp"

namespace rtcbot::net::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::string local_url(std::uint16_t port, const std::string& scheme = "ws", const std::string& host = "127.0.0.1") {
  return scheme + "://" + host + ":" + std::to_string(port) + "/ws?token=secret";
}

/// The error that dialing ends with.
Error failure(WebSocketClientConfig config) {
  const auto result = dial_and_wait(IoThread::create(), std::move(config));
  return result ? Error(Errc::internal, "it opened") : result.error();
}

/// The error of dialing a server that accepts, reads the request and says `answer`.
Error failure_at(const std::string& answer) {
  RawListener listener;
  const auto io = IoThread::create();
  Inbox<DialResult> outcome;
  const auto handle =
      dial(io, {.url = local_url(listener.port())}, [&](DialResult result) { outcome.put(std::move(result)); });
  auto server = listener.accept();
  EXPECT_THAT(server.read_through("\r\n\r\n"), HasSubstr("GET /ws?token=secret HTTP/1.1\r\n"));
  EXPECT_TRUE(server.send(answer));
  server.close();
  const auto result = outcome.take();
  return result && !*result ? result->error() : Error(Errc::internal, "it did not fail");
}

TEST(Dial, SaysThatNobodyListens) {
  std::uint16_t port = 0;
  { port = RawListener().port(); }
  const auto error = failure({.url = local_url(port)});
  EXPECT_EQ(error.code(), Errc::connection_refused);
  EXPECT_THAT(error.what(), HasSubstr("Is the server running?"));
}

TEST(Dial, SaysThatTheUrlIsNone) { EXPECT_EQ(failure({.url = "robot"}).code(), Errc::bad_address); }

TEST(Dial, TellsWhyTheServerRefuses) {
  TestServer server;
  const auto missing = failure({.url = server.url("/nowhere")});
  const auto taken = failure({.url = server.url("/taken")});
  EXPECT_EQ(missing.code(), Errc::refused);
  EXPECT_THAT(missing.what(), HasSubstr("answered 404: no such robot"));
  EXPECT_EQ(taken.code(), Errc::refused);
  EXPECT_THAT(taken.what(), HasSubstr("answered 409: this name is taken"));
}

TEST(Dial, QuotesAnAnswerThatIsNoWebSocket) {
  TestServer server;
  const auto teapot = failure({.url = server.url("/teapot")});
  EXPECT_EQ(teapot.code(), Errc::handshake_failed);
  EXPECT_THAT(teapot.what(), AllOf(HasSubstr("418"), HasSubstr("short and stout")));
  const auto page = failure_at("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
  EXPECT_EQ(page.code(), Errc::handshake_failed);
  EXPECT_THAT(page.what(), AllOf(HasSubstr("200"), HasSubstr("<html>"), Not(HasSubstr("secret"))));
}

TEST(Dial, SaysThatTheServerSpeaksSomethingElse) {
  for (const auto* answer :
       {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: no\r\n\r\n"}) {
    SCOPED_TRACE(answer);
    EXPECT_EQ(failure_at(answer).code(), Errc::handshake_failed);
  }
}

TEST(Dial, GivesUpOnAServerThatIsSilent) {
  RawListener listener;
  const auto error = failure({.url = local_url(listener.port()), .connect_limit = 100ms});
  EXPECT_EQ(error.code(), Errc::timeout);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("100 ms"), HasSubstr("handshake"), Not(HasSubstr("secret"))));
}

TEST(Dial, IsCancelledByDroppingItsHandle) {
  RawListener listener;
  const auto io = IoThread::create();
  const auto outcome = std::make_shared<Inbox<bool>>();
  auto handle = dial(io, {.url = local_url(listener.port()), .connect_limit = 100ms},
                     [outcome](const DialResult&) { outcome->put(true); });
  auto server = listener.accept();
  ASSERT_THAT(server.read_through("\r\n\r\n"), HasSubstr("Upgrade"));

  handle.reset();

  EXPECT_EQ(server.read_to_end(), "");
  EXPECT_TRUE(eventually([&] { return outcome.use_count() == 1; })) << "the callback should be gone";
  EXPECT_EQ(outcome->size(), 0U);
}

TEST(Dial, FindsNames) {
  TestServer server;
  EXPECT_TRUE(dial_and_wait(server.io(), {.url = local_url(server.port(), "http", "localhost")}));
}

TEST(Dial, DoesNotHoldUpTheThreadWhileANameIsSought) {
  const auto io = IoThread::create();
  Inbox<DialResult> outcome;
  const auto handle = dial(io, {.url = "ws://no-such-host.invalid/", .connect_limit = 1s},
                           [&](DialResult result) { outcome.put(std::move(result)); });
  Inbox<bool> ran;
  io->post([&] { ran.put(true); });

  EXPECT_TRUE(ran.take(900ms));
  const auto result = outcome.take();
  ASSERT_TRUE(result && !*result);
  // Without a network the system's resolver may take longer than the limit.
  EXPECT_THAT(result->error().code(), testing::AnyOf(Errc::connection_refused, Errc::timeout));
}

TEST(Dial, MayBeGivenUpByDestroyingEverything) {
  RawListener listener;
  const auto outcome = std::make_shared<Inbox<bool>>();
  {
    const auto handle = dial(IoThread::create(), {.url = local_url(listener.port())},
                             [outcome](const DialResult&) { outcome->put(true); });
  }
  EXPECT_EQ(outcome.use_count(), 1);
  EXPECT_EQ(outcome->size(), 0U);
}

TEST(DialTls, OpensWhereTheAuthorityIsTrusted) {
  TlsEchoServer server;
  const auto io = IoThread::create();
  auto client = dial_and_wait(io, {.url = local_url(server.port(), "wss", "localhost"), .ca_file = server.ca_file()});
  ASSERT_TRUE(client) << client.error().what();
  const auto ear = Ear::on(**client);

  ASSERT_TRUE((*client)->send("hello"));

  EXPECT_EQ(ear->messages.take(), (Message{"hello", false}));
  EXPECT_EQ(server.asked_name(), "localhost");
  (*client)->close(4000);
  EXPECT_EQ(ear->closed.take().value_or(WebSocketClosed{}).code, 4000);
}

TEST(DialTls, ComesBackWithTheSessionOfBeforeToTheSameServerByTheSameRules) {
  TlsEchoServer server;
  const auto io = IoThread::create();
  const auto come = [&](bool verify) {
    auto client = dial_and_wait(io, {.url = local_url(server.port(), "wss", "localhost"),
                                     .verify_certificate = verify,
                                     .ca_file = server.ca_file()});
    ASSERT_TRUE(client) << client.error().what();
    const auto ear = Ear::on(**client);
    ASSERT_TRUE((*client)->send("hello"));
    EXPECT_EQ(ear->messages.take(), (Message{"hello", false}));
    (*client)->close(4000);
    ear->closed.take();
  };
  come(true);
  EXPECT_EQ(server.resumed(), 0);
  come(false);
  EXPECT_EQ(server.resumed(), 0) << "what was checked is not what was not";
  come(true);
  EXPECT_EQ(server.resumed(), 1);
}

TEST(DialTls, RefusesACertificateOfAnotherName) {
  TlsEchoServer server;
  const auto error = failure({.url = local_url(server.port(), "wss"), .ca_file = server.ca_file()});
  EXPECT_EQ(error.code(), Errc::handshake_failed);
  EXPECT_THAT(error.what(), HasSubstr("certificate is not trusted"));
}

TEST(DialTls, RefusesAnUnknownAuthority) {
  TlsEchoServer server;
  const auto error = failure({.url = local_url(server.port(), "wss", "localhost")});
  EXPECT_EQ(error.code(), Errc::handshake_failed);
  EXPECT_THAT(error.what(), HasSubstr("certificate is not trusted"));
}

TEST(DialTls, TellsTheTimeWhereAWrongClockMayBeTheCause) {
  EXPECT_EQ(certificate_fault(X509_V_ERR_CERT_NOT_YET_VALID, 60),
            "its certificate is not trusted: certificate is not yet valid according to this machine's clock, "
            "which shows 1970-01-01 00:01 UTC");
  EXPECT_THAT(certificate_fault(X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, 60), testing::Not(HasSubstr("clock")));
  EXPECT_THAT(certificate_fault(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, 60), HasSubstr("--ca-file"));
  EXPECT_THAT(certificate_fault(X509_V_ERR_HOSTNAME_MISMATCH, 60), testing::Not(HasSubstr("--ca-file")));
}

TEST(DialTls, OpensAnywhereWhereToldNotToVerify) {
  TlsEchoServer server;
  const auto io = IoThread::create();
  EXPECT_TRUE(dial_and_wait(io, {.url = local_url(server.port(), "https"), .verify_certificate = false}));
  EXPECT_EQ(server.asked_name(), "") << "an address is no name";
}

TEST(DialTls, SaysThatTheServerSpeaksNoTls) {
  TestServer server;
  const Error error = failure({.url = local_url(server.port(), "wss")});
  EXPECT_EQ(error.code(), Errc::handshake_failed);
  EXPECT_THAT(error.what(), testing::HasSubstr("ws:// rather than wss://"));
}

TEST(DialTls, SaysThatTheAuthorityFileCannotBeRead) {
  TestServer server;
  EXPECT_EQ(failure({.url = local_url(server.port(), "wss"), .ca_file = "/nonexistent.pem"}).code(), Errc::bad_config);
}

}  // namespace
}  // namespace rtcbot::net::test
