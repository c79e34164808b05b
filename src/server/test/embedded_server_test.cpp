// The public class, without a port.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtcbot/flow/queue_subscription.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signalling_server.hpp"

namespace rtcbot {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Identity = SignallingServer::Identity;
using Role = SignallingServer::Role;

constexpr const char* kOffer =
    R"({"type":"offer","sdp":"v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n)"
    R"(m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n)"
    R"(a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:)"
    R"(00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\na=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\n"})";

HttpRequest request(std::string method, std::string path, std::map<std::string, std::string> headers = {}) {
  HttpRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}

SignallingServer::Options without_port(SignallingServer::Hooks hooks = {}) {
  SignallingServer::Options options;
  options.listen = false;
  options.log = [](const LogRecord&) {};
  options.hooks = std::move(hooks);
  return options;
}

/// Knows "Ann", who may drive the rover, and the rover.
std::optional<Identity> by_name(const HttpRequest& request) {
  const auto user = request.headers.find("x-user");
  if (user == request.headers.end()) return std::nullopt;
  if (user->second == "throws") throw std::runtime_error("the table of users is gone");
  if (user->second == "wrong") return Identity{.robots = {"no such pattern!"}};
  return Identity{
      .role = user->second == "rover" ? Role::robot : Role::drive, .robots = {"rover"}, .owner = user->second};
}

/// A legacy robot, and what it received.
struct LegacyRobot {
  explicit LegacyRobot(SignallingServer& server, HttpRequest upgrade) {
    socket = value_or_throw(server.connect(std::move(upgrade)));
    socket->set_observer({.on_message = [heard = heard](const std::string& text, bool) { heard->put_nowait(text); }});
  }
  std::shared_ptr<QueueSubscription<std::string>> heard = std::make_shared<QueueSubscription<std::string>>();
  std::shared_ptr<net::WebSocket> socket;
};

TEST(SignallingServer, AnswersWithoutAPort) {
  SignallingServer server(without_port());
  server.start();
  EXPECT_EQ(server.port(), 0);
  EXPECT_EQ(server.request(request("GET", "/healthz")).status, 200);
  EXPECT_THAT(server.request(request("GET", "/")).body, HasSubstr("<video"));
  EXPECT_EQ(server.request(request("GET", "/a/b")).status, 404);
  const auto wrong = server.request(request("DELETE", "/metrics"));
  EXPECT_EQ(wrong.status, 405);
}

TEST(SignallingServer, IntroducesARobotAndAPageWithoutAPort) {
  QueueSubscription<std::string> events;
  SignallingServer server(without_port({
      .on_robot_online = [&](const auto& robot) { events.put_nowait("online " + robot.name + " " + robot.address); },
      .on_robot_offline = [&](const std::string& name) { events.put_nowait("offline " + name); },
      .on_offer = [&](const auto& offer) { events.put_nowait("offer " + offer.robot); },
      .on_offer_end =
          [&](const auto& end) { events.put_nowait("end " + end.robot + " " + std::to_string(end.status)); },
  }));
  server.start();
  LegacyRobot robot(server, request("GET", "/rover"));
  EXPECT_EQ(events.get(20s), "online rover 127.0.0.1:0");
  ASSERT_EQ(server.robots().size(), 1u);
  EXPECT_EQ(server.robots().front().name, "rover");
  auto post = request("POST", "/rover");
  post.body = kOffer;
  auto answer = std::async(std::launch::async, [&] { return server.request(post); });
  auto offer = robot.heard->get(20s);
  offer.replace(offer.find("\"offer\""), 7, "\"answer\"");
  ASSERT_TRUE(robot.socket->send(offer));
  EXPECT_EQ(answer.get().status, 200);
  EXPECT_EQ(events.get(20s), "offer rover");
  EXPECT_EQ(events.get(20s), "end rover 200");
  robot.socket->close();
  EXPECT_EQ(events.get(20s), "offline rover");
  EXPECT_THAT(server.robots(), IsEmpty());
}

TEST(SignallingServer, LetsTheProgramDecideWhoMayDoWhat) {
  SignallingServer server(without_port({.authenticate = by_name}));
  server.start();
  EXPECT_EQ(server.request(request("GET", "/")).status, 401);
  EXPECT_EQ(server.request(request("GET", "/", {{"x-user", "throws"}})).status, 401);
  EXPECT_EQ(server.request(request("GET", "/", {{"x-user", "wrong"}})).status, 401);
  EXPECT_EQ(server.request(request("GET", "/", {{"x-user", "Ann"}})).status, 200);
  EXPECT_EQ(server.request(request("GET", "/rover", {{"x-user", "Ann"}})).status, 200);
  EXPECT_EQ(server.request(request("GET", "/digger", {{"x-user", "Ann"}})).status, 403);
  EXPECT_EQ(server.connect(request("GET", "/rover")).error().code(), Errc::refused);
  EXPECT_EQ(server.connect(request("GET", "/rover", {{"x-user", "Ann"}})).error().code(), Errc::refused);
  EXPECT_TRUE(server.connect(request("GET", "/rover", {{"x-user", "rover"}})));
}

TEST(SignallingServer, ServesFurtherRoutesWithTheirParametersAndIdentities) {
  SignallingServer server(without_port({.authenticate = by_name}));
  server.get("/map/{area}", [](const SignallingServer::Request& request) {
    return HttpResponse::text(request.parameters.at("area") + " for " + request.identity->owner);
  });
  server.post(
      "/echo", [](const HttpRequest& request) { return HttpResponse::json(request.json()); },
      SignallingServer::Access::everybody);
  server.start();
  EXPECT_EQ(server.request(request("GET", "/map/yard", {{"x-user", "Ann"}})).body, "yard for Ann");
  EXPECT_EQ(server.request(request("GET", "/map/yard")).status, 401);
  EXPECT_EQ(server.request(request("POST", "/map/yard", {{"x-user", "Ann"}})).status, 405);
  auto echo = request("POST", "/echo");
  echo.body = "[1]";
  EXPECT_EQ(server.request(echo).body, "[1]");
  echo.body = "[";
  EXPECT_EQ(server.request(echo).status, 400);
}

TEST(SignallingServer, RefusesRoutesThatItCannotServe) {
  SignallingServer server(without_port());
  const auto handler = [](const HttpRequest&) { return HttpResponse::text(""); };
  EXPECT_THROW(server.get("no slash", handler), Error);
  EXPECT_THROW(server.folder("/files", "/tmp"), Error);
  EXPECT_THROW(server.folder("/files/", "/no/such/folder"), Error);
  server.get("/metrics", handler);
  const auto started = server.try_start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Errc::bad_config);
  EXPECT_THAT(started.error().what(), HasSubstr("/metrics"));
}

TEST(SignallingServer, SaysWhichOptionIsWrong) {
  const auto fault = [](auto change) {
    auto options = without_port();
    change(options);
    const auto started = SignallingServer(options).try_start();
    return started ? std::string() : std::string(started.error().what());
  };
  EXPECT_THAT(fault([](auto& o) { o.tls.certificate = "cert.pem"; }), HasSubstr("tls.key"));
  EXPECT_THAT(fault([](auto& o) { o.limits.offers_per_second = 0; }), HasSubstr("rate"));
  EXPECT_THAT(fault([](auto& o) { o.limits.robot_timeout = 1ms; }), HasSubstr("robot_timeout"));
  EXPECT_THAT(fault([](auto& o) { o.allowed_origins = {"nonsense"}; }), HasSubstr("nonsense"));
  EXPECT_THAT(fault([](auto& o) { o.ice_servers.secret = "x"; }), HasSubstr("TURN"));
  EXPECT_THAT(fault([](auto& o) { o.credentials.user_header = "X-User"; }), HasSubstr("trusted_proxies"));
  EXPECT_THAT(fault([](auto& o) { o.cluster.nats = {"http://x"}; }), HasSubstr("cluster.nats"));
  EXPECT_THAT(fault([](auto& o) { o.page = "/no/such/page.html"; }), HasSubstr("page.html"));
}

TEST(SignallingServer, StartsOnceAndAnswersNobodyAfterwards) {
  SignallingServer server(without_port());
  EXPECT_THROW((void)server.request(request("GET", "/")), Error);
  server.start();
  EXPECT_EQ(server.try_start().error().code(), Errc::invalid_state);
  server.stop(1s);
  EXPECT_THROW((void)server.request(request("GET", "/")), Error);
  server.stop(1s);
}

TEST(SignallingServer, NamesTheAddressesToOpen) {
  auto options = without_port();
  options.hosts = {"robots.example.org"};
  options.trusted_proxies = {"127.0.0.1"};
  SignallingServer server(std::move(options));
  EXPECT_THAT(server.urls(), ElementsAre("https://robots.example.org/"));
}

}  // namespace
}  // namespace rtcbot
