#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "support/certificates.hpp"
#include "support/raw_client.hpp"
#include "support/test_server.hpp"

namespace rtcbot::net::test {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

HttpServerConfig with_tls(const CertifiedPair& pair) {
  HttpServerConfig config;
  config.tls = pair.files();
  return config;
}

WebSocketClientConfig client_of(const TestServer& server, const CertifiedPair& pair) {
  WebSocketClientConfig config;
  config.url = "wss://localhost:" + std::to_string(server.port()) + "/ws";
  config.ca_file = pair.ca_file();
  return config;
}

/// A TLS client that blocks, over a socket of the test's.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int highest = TLS1_3_VERSION, const std::string& protocols = {}) {
    SSL_CTX_set_max_proto_version(context_.get(), highest);
    SSL_CTX_set_alpn_protos(context_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned int>(protocols.size()));
    connection_.reset(BIO_new_ssl_connect(context_.get()));
    BIO_set_conn_hostname(connection_.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
    is_open_ = BIO_do_handshake(connection_.get()) == 1;
  }

  [[nodiscard]] bool is_open() const { return is_open_; }

  /// All that the server says to `request`, which asks it to close.
  std::string ask(const std::string& request) {
    BIO_write(connection_.get(), request.data(), static_cast<int>(request.size()));
    std::string answer;
    std::array<char, 4096> chunk{};
    for (int got = 1; got > 0;) {
      got = BIO_read(connection_.get(), chunk.data(), static_cast<int>(chunk.size()));
      if (got > 0) answer.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return answer;
  }

  [[nodiscard]] std::string chosen_protocol() const {
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl(), &name, &size);
    return name == nullptr ? "" : std::string(name, name + size);
  }
  [[nodiscard]] long serial() const {
    X509* shown = SSL_get0_peer_certificate(ssl());
    return shown == nullptr ? -1 : ASN1_INTEGER_get(X509_get0_serialNumber(shown));
  }

 private:
  [[nodiscard]] SSL* ssl() const {
    SSL* found = nullptr;
    BIO_get_ssl(connection_.get(), &found);
    return found;
  }
  std::unique_ptr<SSL_CTX, Freer<SSL_CTX, SSL_CTX_free>> context_{SSL_CTX_new(TLS_client_method())};
  std::unique_ptr<BIO, Freer<BIO, BIO_free_all>> connection_;
  bool is_open_ = false;
};

TEST(TlsServer, AnswersRequestsAndLargeBodies) {
  const CertifiedPair pair;
  TestServer server(with_tls(pair));
  TlsClient client(server.port());
  ASSERT_TRUE(client.is_open());
  const std::string body(200'000, 'x');
  const auto answer =
      client.ask("POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body);
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("POST /a? " + body)));
  EXPECT_EQ(server.server().stats().handshakes, 1);
}

TEST(TlsServer, CarriesWebSocketsBothWays) {
  const CertifiedPair pair;
  TestServer server(with_tls(pair));
  const auto socket = dial_and_wait(server.io(), client_of(server, pair));
  ASSERT_TRUE(socket) << socket.error().what();
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->request.is_secure);
  const auto there = Ear::on(*opened->socket);
  const auto here = Ear::on(**socket);
  const std::string large(150'000, 'r');

  ASSERT_TRUE((*socket)->send(large));
  ASSERT_TRUE(opened->socket->send("down"));
  ASSERT_TRUE(opened->socket->send(large, true));

  EXPECT_EQ(there->messages.take(), (Message{large, false}));
  EXPECT_EQ(here->messages.take(), (Message{"down", false}));
  EXPECT_EQ(here->messages.take(), (Message{large, true}));
  opened->socket->close(4001, "enough");
  EXPECT_EQ(here->closed.take().value().code, 4001);
  EXPECT_EQ(there->closed.take().value().code, 4001);
}

TEST(TlsServer, RefusesWhatIsOlderThanTls12AndSpeaksHttp11) {
  const CertifiedPair pair;
  TestServer server(with_tls(pair));
  EXPECT_TRUE(TlsClient(server.port(), TLS1_2_VERSION).is_open());
  EXPECT_FALSE(TlsClient(server.port(), TLS1_1_VERSION).is_open());
  EXPECT_EQ(TlsClient(server.port(), TLS1_3_VERSION, "\x02h2\x08http/1.1").chosen_protocol(), "http/1.1");
  EXPECT_FALSE(TlsClient(server.port(), TLS1_3_VERSION, "\x02h2").is_open());
}

TEST(TlsServer, SendsPlainPagesToHttpsAndTellsTheOthers) {
  const CertifiedPair pair;
  TestServer server(with_tls(pair));
  const auto said = [&](const std::string& bytes) {
    RawClient client(server.port());
    EXPECT_TRUE(client.send(bytes));
    return client.read_to_end();
  };
  EXPECT_THAT(said("GET /a%20b?c=d HTTP/1.1\r\nHost: robots.example.org\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 301 "), HasSubstr("Location: https://robots.example.org/a%20b?c=d\r\n")));
  EXPECT_THAT(said("POST /connect HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"),
              AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("https://")));
  EXPECT_THAT(said(upgrade_request("/ws")), AllOf(StartsWith("HTTP/1.1 400 "), HasSubstr("wss://")));
  EXPECT_THAT(said("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(server.server().stats().plain_on_tls, 3);
  EXPECT_EQ(server.asked().size(), 0U) << "no handler may see it";
}

TEST(TlsServer, GivesUpOnHandshakesThatDoNotComeToAnEnd) {
  const CertifiedPair pair;
  auto config = with_tls(pair);
  config.handshake_limit = 200ms;
  TestServer server(config);
  RawClient silent(server.port());
  RawClient slow(server.port());
  ASSERT_TRUE(slow.send(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  EXPECT_EQ(silent.read_to_end(), "");
  slow.read_to_end();
  EXPECT_EQ(server.server().stats().requests_timed_out, 2);
}

TEST(TlsServer, ShowsARenewedCertificateAndKeepsTheOldOneWhenTheNewIsBroken) {
  CertifiedPair pair;
  TestServer server(with_tls(pair));
  EXPECT_EQ(TlsClient(server.port()).serial(), 2);
  const auto before = dial_and_wait(server.io(), client_of(server, pair));
  ASSERT_TRUE(before);

  pair.renew(3);
  EXPECT_TRUE(server.server().reload_certificate());
  EXPECT_TRUE(eventually([&] { return TlsClient(server.port()).serial() == 3; }));
  pair.spoil();
  const auto broken = server.server().reload_certificate();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code(), Errc::bad_config);
  EXPECT_THAT(broken.error().what(), HasSubstr("does not belong to the certificate"));
  EXPECT_EQ(TlsClient(server.port()).serial(), 3);

  const auto opened = server.opened().take();
  const auto ear = Ear::on(*opened->socket);
  ASSERT_TRUE((*before)->send("still here"));
  EXPECT_EQ(ear->messages.take(), (Message{"still here", false}));
}

TEST(TlsServer, DoesNotStartWithACertificateThatIsNone) {
  const CertifiedPair pair;
  const TemporaryFile nonsense;
  nonsense.write("nonsense");
  for (const TlsFiles& files :
       {TlsFiles{nonsense.path(), pair.files().key}, TlsFiles{pair.files().certificate, nonsense.path()},
        TlsFiles{"/nowhere", pair.files().key}}) {
    SCOPED_TRACE(files.certificate + " " + files.key);
    HttpServerConfig config{.address = "127.0.0.1", .port = 0};
    config.tls = files;
    const auto server = HttpServer::listen(IoThread::create(), config, {});
    ASSERT_FALSE(server);
    EXPECT_EQ(server.error().code(), Errc::bad_config);
  }
}

TEST(TlsServer, NoticesAClientThatVanishes) {
  const CertifiedPair pair;
  auto config = with_tls(pair);
  config.web_socket.silence_limit = 400ms;
  TestServer server(config);
  auto client = client_of(server, pair);
  client.limits.silence_limit = 20s;
  const auto socket = dial_and_wait(server.io(), client);
  const auto opened = server.opened().take();
  ASSERT_TRUE(opened);
  const auto ear = Ear::on(*opened->socket);
  EXPECT_FALSE(ear->closed.take(1200ms)) << "pings keep it";
  opened->socket->close();
  EXPECT_TRUE(ear->closed.take());
}

}  // namespace
}  // namespace rtcbot::net::test
