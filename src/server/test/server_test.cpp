#include "server.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/flow/queue_subscription.hpp"
#include "support/http_client.hpp"

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

// A data channel alone: the least that is an offer. "\\r\\n" as JSON writes it.
constexpr const char* kOffer =
    R"({"type":"offer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n)"
    R"(m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n)"
    R"(a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:)"
    R"(00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\na=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\n"})";

class ServerTest : public testing::Test {
 protected:
  void listen(ServerOptions options = {}) {
    options.http.address = "127.0.0.1";
    options.http.port = 0;
    server_ = value_or_throw(Server::start(io_, std::move(options), {}));
  }
  [[nodiscard]] std::string ask(const std::string& method, const std::string& path, const std::string& body = {},
                                const std::string& headers = {}) {
    return test::http(server_->port(), method, path, body, headers);
  }
  /// A robot that speaks RTCBot's legacy protocol.
  std::shared_ptr<net::WebSocket> legacy_robot(const std::string& path = "/ws") {
    std::promise<Result<std::shared_ptr<net::WebSocket>>> dialed;
    const auto attempt =
        net::dial(io_, {.url = "ws://127.0.0.1:" + std::to_string(server_->port()) + path},
                  [&](Result<std::shared_ptr<net::WebSocket>> socket) { dialed.set_value(std::move(socket)); });
    auto socket = value_or_throw(dialed.get_future().get());
    socket->set_observer(
        {.on_message = [this](const std::string& text, bool) { heard_.put_nowait(text); },
         .on_closed = [this](const net::WebSocketClosed& closed) { closed_.put_nowait(closed.code); }});
    return socket;
  }

  std::shared_ptr<net::IoThread> io_ = net::IoThread::create();
  QueueSubscription<std::string> heard_;
  QueueSubscription<int> closed_;
  std::shared_ptr<Server> server_;
};

TEST_F(ServerTest, RefusesEverythingThatCannotWork) {
  listen();
  EXPECT_THAT(ask("POST", "/connect", kOffer), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\"no_robot\"")));
  EXPECT_THAT(ask("POST", "/digger", kOffer), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("\"robot_offline\"")));
  EXPECT_THAT(ask("POST", "/a/b", kOffer), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("\"not_found\"")));
  EXPECT_THAT(ask("DELETE", "/connect"), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("\"method_not_allowed\"")));
  EXPECT_THAT(ask("GET", "/connect"), StartsWith("HTTP/1.1 405"));
  EXPECT_THAT(ask("POST", "/connect", std::string(300 * 1024, 'x')),
              AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("\"too_large\"")));
}

TEST_F(ServerTest, SaysWhichMethodsAPathTakesAndWhyANameIsNone) {
  listen();
  EXPECT_THAT(ask("GET", "/logout"), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: POST\r\n")));
  EXPECT_THAT(ask("GET", "/connect"), HasSubstr("Allow: POST\r\n"));
  EXPECT_THAT(ask("DELETE", "/login"), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD, POST\r\n")));
  EXPECT_THAT(ask("PUT", "/rover"), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD, POST\r\n")));
  EXPECT_THAT(ask("POST", "/logout"), StartsWith("HTTP/1.1 303 See Other\r\n"));
  const std::string too_long = "/" + std::string(65, 'a');
  EXPECT_THAT(ask("GET", too_long), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("at most 64 characters")));
  EXPECT_THAT(ask("POST", too_long, kOffer), HasSubstr("at most 64 characters"));
}

TEST_F(ServerTest, RefusesWhatIsNoOfferBeforeTheRobotHearsOfIt) {
  listen();
  const auto robot = legacy_robot();
  EXPECT_THAT(ask("POST", "/connect", "no json"), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("\"bad_offer\"")));
  EXPECT_FALSE(heard_.try_get());
}

TEST_F(ServerTest, RefusesTooManyRequestsOfOneAddress) {
  ServerOptions options;
  options.rate = {.per_second = 0.1, .burst = 1};
  listen(options);
  EXPECT_THAT(ask("POST", "/connect", kOffer), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(ask("POST", "/connect", kOffer),
              AllOf(StartsWith("HTTP/1.1 429"), HasSubstr("\"rate_limited\""), HasSubstr("Retry-After: 10")));
}

TEST_F(ServerTest, LetsPagesOfTheAllowedOriginReadItsAnswers) {
  ServerOptions options;
  options.allowed_origins = value_or_throw(AllowedOrigins::parse({"https://app.example"}));
  listen(options);
  const std::string app = "Origin: https://app.example\r\n", other = "Origin: https://other.example\r\n";
  for (const char* path : {"/connect", "/rover", "/api/ice-servers", "/api/robots", "/rtcbot.mjs"}) {
    SCOPED_TRACE(path);
    const auto preflight = ask("OPTIONS", path, {}, app);
    EXPECT_THAT(preflight, AllOf(StartsWith("HTTP/1.1 204"), HasSubstr("Access-Control-Allow-Headers: Authorization"),
                                 HasSubstr("Access-Control-Allow-Methods: GET, HEAD, POST"),
                                 HasSubstr("Access-Control-Allow-Origin: https://app.example\r\n")));
    EXPECT_THAT(ask("OPTIONS", path, {}, other), Not(HasSubstr("Access-Control-Allow-Origin")));
  }
  for (const char* path : {"/api/ice-servers", "/api/robots", "/rtcbot.mjs", "/rtcbot.js"}) {
    SCOPED_TRACE(path);
    EXPECT_THAT(ask("GET", path, {}, app), AllOf(HasSubstr("Access-Control-Allow-Origin: https://app.example\r\n"),
                                                 HasSubstr("Cross-Origin-Resource-Policy: cross-origin\r\n")));
    EXPECT_THAT(ask("GET", path, {}, other), Not(HasSubstr("Access-Control-Allow-Origin")));
  }
  EXPECT_THAT(ask("POST", "/connect", kOffer, app), HasSubstr("Access-Control-Allow-Origin: https://app.example\r\n"));
  EXPECT_THAT(ask("POST", "/login", "token=x", app), Not(HasSubstr("Access-Control-Allow-Origin")));
}

TEST_F(ServerTest, RefusesARobotWithoutTheToken) {
  ServerOptions options;
  options.authenticator.robot_token = "s3cret";
  listen(options);
  EXPECT_THROW(legacy_robot(), Error);
}

TEST_F(ServerTest, ServesPageLibraryAndFigures) {
  listen();
  EXPECT_THAT(ask("GET", "/"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("<video")));
  EXPECT_THAT(ask("GET", "/digger"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("<video")));
  EXPECT_THAT(ask("GET", "/rtcbot.js"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("RTCConnection")));
  EXPECT_THAT(ask("GET", "/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask("GET", "/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(ask("GET", "/metrics"), HasSubstr("rtcbot_robots_online 0"));
  EXPECT_THAT(ask("GET", "/api/robots"), HasSubstr(R"({"robots":[]})"));
}

TEST_F(ServerTest, ServesWhatAHomeScreenNeeds) {
  listen();
  EXPECT_THAT(ask("GET", "/manifest.webmanifest"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("application/manifest+json"), HasSubstr("fullscreen"),
                    HasSubstr(R"("start_url":"./")")));
  EXPECT_THAT(ask("GET", "/manifest.webmanifest?robot=rover-2"),
              AllOf(HasSubstr(R"("start_url":"./rover-2")"), HasSubstr(R"("short_name":"rover-2")")));
  EXPECT_THAT(ask("GET", "/manifest.webmanifest?watch"), HasSubstr(R"("start_url":"./?watch")"));
  EXPECT_THAT(ask("GET", "/manifest.webmanifest?robot=..%2Fapi"), HasSubstr(R"("start_url":"./")"));
  EXPECT_THAT(ask("GET", "/apple-touch-icon.png"), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("image/png")));
}

TEST_F(ServerTest, TellsPagesWhichIceServersToUse) {
  ServerOptions options;
  options.relays.stun = {"stun:stun.example.org"};
  listen(options);
  EXPECT_THAT(ask("GET", "/rtcbot.js"),
              HasSubstr(R"(globalThis.rtcbotDefaults = {"iceServers":[{"urls":["stun:stun.example.org"]}]};)"));
}

TEST_F(ServerTest, TellsItsOwnPageAndModulesThatUseThemToo) {
  ServerOptions options;
  options.relays.turn = {"turn:relay.example.org"};
  options.relays.username = "robot";
  options.relays.credential = "</script>";
  options.relay_only = true;
  listen(options);
  const std::string defaults = R"(rtcbotDefaults = {"iceServers":[{"credential":"\u003c/script>",)"
                               R"("urls":["turn:relay.example.org"],"username":"robot"}],)"
                               R"("iceTransportPolicy":"relay"};)";
  EXPECT_THAT(ask("GET", "/"), HasSubstr("globalThis." + defaults + "\n</script>"));
  EXPECT_THAT(ask("GET", "/digger"), HasSubstr("globalThis." + defaults + "\n</script>"));
  EXPECT_THAT(ask("GET", "/rtcbot.mjs"), HasSubstr("globalThis." + defaults));
}

TEST_F(ServerTest, SaysNothingOfIceServersWhereItHasNone) {
  listen();
  for (const char* path : {"/rtcbot.js", "/rtcbot.mjs", "/"}) {
    SCOPED_TRACE(path);
    EXPECT_THAT(ask("GET", path), Not(HasSubstr("rtcbotDefaults = ")));
  }
}

TEST_F(ServerTest, PutsAnOfferToTheRobotAndItsAnswerToTheBrowser) {
  listen();
  const auto robot = legacy_robot();
  auto browser = std::async(std::launch::async, [&] { return ask("POST", "/connect", kOffer); });
  const auto offer = heard_.get(20s);
  EXPECT_THAT(offer, HasSubstr("\"offer\""));
  std::string answer = offer;
  answer.replace(answer.find("\"offer\""), 7, "\"answer\"");
  ASSERT_TRUE(robot->send(answer));
  EXPECT_THAT(browser.get(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\"answer\"")));
}

TEST_F(ServerTest, AnswersTheBrowserWhenTheRobotLeavesOrIsSilent) {
  ServerOptions options;
  options.broker.robot_timeout = 300ms;
  listen(options);
  auto robot = legacy_robot();
  auto browser = std::async(std::launch::async, [&] { return ask("POST", "/connect", kOffer); });
  (void)heard_.get(20s);
  robot->close();
  EXPECT_THAT(browser.get(), AllOf(StartsWith("HTTP/1.1 502"), HasSubstr("\"robot_left\"")));
  const auto silent = legacy_robot("/silent");
  EXPECT_THAT(ask("POST", "/silent", kOffer), AllOf(StartsWith("HTTP/1.1 504"), HasSubstr("\"robot_timeout\"")));
}

TEST_F(ServerTest, StoppingTellsBrowsersAndRobots) {
  listen();
  const auto robot = legacy_robot();
  auto browser = std::async(std::launch::async, [&] { return ask("POST", "/connect", kOffer); });
  (void)heard_.get(20s);
  server_->stop(5s);
  EXPECT_THAT(browser.get(), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("\"stopping\"")));
  EXPECT_EQ(closed_.get(20s), 1012);
}

}  // namespace
}  // namespace rtcbot::server
