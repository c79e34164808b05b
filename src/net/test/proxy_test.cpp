#include "proxy.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "support/raw_client.hpp"
#include "support/test_server.hpp"
#include "support/tls_echo_server.hpp"

namespace rtcbot::net::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

Url url(const std::string& text) { return parse_url(text).value(); }

TEST(NoProxy, NamesHostsNetworksAndPorts) {
  for (const char* list :
       {"*", "example.org", ".example.org", "*.example.org", "a, EXAMPLE.ORG ,b", "robots.example.org:443", "org"}) {
    EXPECT_TRUE(is_in_no_proxy(url("wss://robots.example.org/ws"), list)) << list;
  }
  for (const char* list : {"", "example.com", "ample.org", "robots.example.org:8443", "robots", "10.0.0.0/8", ",, ,"}) {
    EXPECT_FALSE(is_in_no_proxy(url("wss://robots.example.org/ws"), list)) << list;
  }
  for (const char* list : {"10.1.2.3", "10.0.0.0/8", "10.1.2.3:80", "192.0.2.1,10.1.0.0/16"}) {
    EXPECT_TRUE(is_in_no_proxy(url("ws://10.1.2.3/ws"), list)) << list;
  }
  for (const char* list : {"10.1.2.4", "10.2.0.0/16", "10.1.2.3:81", ".3", "fd00::/8"}) {
    EXPECT_FALSE(is_in_no_proxy(url("ws://10.1.2.3/ws"), list)) << list;
  }
  for (const char* list : {"fd00::7", "[fd00::7]", "[fd00::7]:80", "fd00::/8"}) {
    EXPECT_TRUE(is_in_no_proxy(url("ws://[fd00::7]/ws"), list)) << list;
  }
}

TEST(ProxyFor, DependsOnTheScheme) {
  const ProxySettings settings{.http = "http://plain:3128", .https = "http://u:p%40ss@secure.example:8080/"};
  EXPECT_EQ(**proxy_for(url("ws://robots.example.org/ws"), settings), (Proxy{.host = "plain", .port = 3128}));
  EXPECT_EQ(**proxy_for(url("wss://robots.example.org/ws"), settings),
            (Proxy{.host = "secure.example", .port = 8080, .credentials = "u:p@ss"}));
  EXPECT_EQ(*proxy_for(url("ws://robots.example.org/ws"), {.https = "http://a:1"}), std::nullopt);
}

TEST(ProxyFor, TakesThemInEveryForm) {
  const auto proxy = [](const std::string& text) {
    return proxy_for(url("wss://h.example/"), {.https = text}).value();
  };
  EXPECT_EQ(*proxy("proxy"), (Proxy{.host = "proxy", .port = 80}));
  EXPECT_EQ(*proxy("proxy:3128"), (Proxy{.host = "proxy", .port = 3128}));
  EXPECT_EQ(*proxy("HTTP://10.0.0.1:3128"), (Proxy{.host = "10.0.0.1", .port = 3128}));
  EXPECT_EQ(*proxy("http://[fd00::1]:3128"), (Proxy{.host = "fd00::1", .port = 3128}));
}

TEST(ProxyFor, IsNoneForThisMachineAndWhatIsExcepted) {
  const ProxySettings settings{.http = "http://proxy:3128", .https = "http://proxy:3128", .none = "example.org"};
  for (const char* text : {"ws://localhost:8080/ws", "ws://127.0.0.1/ws", "ws://127.8.9.1/ws", "ws://[::1]/ws",
                           "wss://robot.localhost/ws", "wss://robots.example.org/ws"}) {
    EXPECT_EQ(*proxy_for(url(text), settings), std::nullopt) << text;
  }
}

TEST(ProxyFor, RefusesWhatIsNoneWithoutItsPassword) {
  for (const char* text :
       {"socks5://u:secret@proxy:1080", "https://u:secret@proxy", "http://u:secret@", "http://u:secret@proxy:x",
        "http://u:secret@proxy:0", "http://u:secret@pro xy", "http://u:secret@[::1"}) {
    const auto proxy = proxy_for(url("wss://h.example/"), {.https = text});
    ASSERT_FALSE(proxy) << text;
    EXPECT_EQ(proxy.error().code(), Errc::bad_config);
    EXPECT_THAT(proxy.error().what(), AllOf(HasSubstr("https_proxy"), Not(HasSubstr("secret")))) << text;
  }
}

TEST(ProxySettings, AreThoseOfTheEnvironment) {
  setenv("https_proxy", "http://a:1", 1);
  setenv("NO_PROXY", "example.org", 1);
  const auto settings = proxy_settings_of_environment();
  unsetenv("https_proxy");
  unsetenv("NO_PROXY");
  EXPECT_EQ(settings.https, "http://a:1");
  EXPECT_EQ(settings.none, "example.org");
}

/// Dials a server that no other way leads to, through a proxy that gives this answer.
struct ThroughProxy {
  explicit ThroughProxy(const std::string& credentials = "", std::chrono::milliseconds limit = 10s) {
    const ProxySettings proxies{.http = "http://" + credentials + "127.0.0.1:" + std::to_string(proxy.port())};
    handle = dial(io, {.url = "ws://server.test:8080/ws", .connect_limit = limit, .proxies = proxies},
                  [this](DialResult result) { outcome.put(std::move(result)); });
  }
  std::string asked() {
    connection.emplace(proxy.accept());
    return connection->read_through("\r\n\r\n");
  }
  Error failure_of(const std::string& answer) {
    EXPECT_THAT(asked(), HasSubstr("CONNECT server.test:8080 HTTP/1.1\r\n"));
    EXPECT_TRUE(connection->send(answer));
    connection->close();
    const auto result = outcome.take();
    return result && !*result ? result->error() : Error(Errc::internal, "it did not fail");
  }

  RawListener proxy;
  std::shared_ptr<IoThread> io = IoThread::create();
  Inbox<DialResult> outcome;
  std::shared_ptr<void> handle;
  std::optional<RawClient> connection;
};

TEST(DialThroughProxy, SpeaksToTheServerOnceTheProxyHasConnected) {
  ThroughProxy dialled("robot:p%40ss@");
  EXPECT_THAT(dialled.asked(), testing::AllOf(HasSubstr("CONNECT server.test:8080 HTTP/1.1\r\n"),
                                              HasSubstr("Host: server.test:8080\r\n"),
                                              HasSubstr("Proxy-Authorization: Basic cm9ib3Q6cEBzcw==\r\n")));
  EXPECT_TRUE(dialled.connection->send("HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n"));
  const auto request = dialled.connection->read_through("\r\n\r\n");
  EXPECT_THAT(request, testing::AllOf(HasSubstr("GET /ws HTTP/1.1\r\n"), HasSubstr("Host: server.test:8080\r\n"),
                                      Not(HasSubstr("Proxy-Authorization"))));
}

TEST(DialThroughProxy, TellsWhatTheProxySays) {
  EXPECT_THAT(
      ThroughProxy().failure_of("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").what(),
      HasSubstr("requires a user name and a password"));
  EXPECT_THAT(ThroughProxy().failure_of("HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nnever").what(),
              HasSubstr("does not connect to server.test:8080: it answered 403 Forbidden"));
  EXPECT_THAT(ThroughProxy().failure_of("SSH-2.0-OpenSSH_9.2\r\n\r\n").what(), HasSubstr("did not answer with HTTP"));
  EXPECT_THAT(ThroughProxy().failure_of("").what(), HasSubstr("did not answer with HTTP"));
  EXPECT_THAT(ThroughProxy().failure_of("HTTP/1.1 200 OK\r\n\r\nhello").what(),
              HasSubstr("sent data after its answer"));
  EXPECT_THAT(ThroughProxy().failure_of("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n").what(),
              HasSubstr("did not answer with HTTP"));
}

TEST(DialThroughProxy, GivesUpOnAProxyThatIsSilent) {
  ThroughProxy dialled("", 200ms);
  EXPECT_THAT(dialled.asked(), HasSubstr("CONNECT"));
  const auto result = dialled.outcome.take();
  ASSERT_TRUE(result && !*result);
  EXPECT_EQ(result->error().code(), Errc::timeout);
  EXPECT_THAT(result->error().what(), HasSubstr("while waiting for the proxy to connect to the server"));
}

TEST(DialThroughProxy, SaysThatTheProxyIsNotThere) {
  std::uint16_t nobody = 0;
  { nobody = RawListener().port(); }
  const ProxySettings proxies{.http = "http://u:secret@127.0.0.1:" + std::to_string(nobody)};
  const auto result = dial_and_wait(IoThread::create(), {.url = "ws://server.test:8080/ws", .proxies = proxies});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), Errc::connection_refused);
  EXPECT_THAT(result.error().what(), testing::AllOf(HasSubstr("the proxy 127.0.0.1 port"), Not(HasSubstr("secret"))));
}

}  // namespace
}  // namespace rtcbot::net::test
