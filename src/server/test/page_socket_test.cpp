// Pages' websockets and the list of robots, over real sockets.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jpeg_builder.hpp"
#include "rtcbot/flow/queue_subscription.hpp"
#include "rtcbot/signal/message.hpp"
#include "server.hpp"
#include "support/http_client.hpp"

namespace rtcbot::server {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSdp =
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 00:11\r\na=setup:actpass\r\na=mid:0\r\n";
const signal::Candidate kHost{"candidate:1 1 udp 1 192.0.2.1 5000 typ host", "0", 0};

/// One websocket and what it heard.
struct Client {
  std::shared_ptr<net::WebSocket> socket;
  std::shared_ptr<QueueSubscription<std::string>> heard = std::make_shared<QueueSubscription<std::string>>();
  std::shared_ptr<QueueSubscription<int>> closed = std::make_shared<QueueSubscription<int>>();

  void say(const signal::Message& message) const { ASSERT_TRUE(socket->send(write_message(message))); }
  /// The next message of that type; others are skipped.
  template <class T>
  [[nodiscard]] T next() const {
    while (true) {
      const auto message = value_or_throw(signal::parse_message(heard->get(20s)));
      if (const auto* wanted = std::get_if<T>(&message)) return *wanted;
    }
  }
};

class PageSocketTest : public testing::Test {
 protected:
  void listen(ServerOptions options = {}) {
    options.http.address = "127.0.0.1";
    options.http.port = 0;
    server_ = value_or_throw(Server::start(io_, std::move(options), {}));
  }
  Client dial(const std::string& path, std::string_view subprotocol, const std::string& origin = {}) {
    net::WebSocketClientConfig config{.url = "ws://127.0.0.1:" + std::to_string(server_->port()) + path,
                                      .subprotocols = {std::string(subprotocol)}};
    if (!origin.empty()) config.headers.emplace_back("Origin", origin);
    std::promise<Result<std::shared_ptr<net::WebSocket>>> dialed;
    const auto attempt = net::dial(io_, config, [&](auto socket) { dialed.set_value(std::move(socket)); });
    Client client{.socket = value_or_throw(dialed.get_future().get())};
    EXPECT_EQ(client.socket->subprotocol(), subprotocol);
    client.socket->set_observer(
        {.on_message = [heard = client.heard](const std::string& text, bool) { heard->put_nowait(text); },
         .on_closed = [closed = client.closed](const net::WebSocketClosed& end) { closed->put_nowait(end.code); }});
    return client;
  }
  Client page(const std::string& path) { return dial(path, signal::kPageSubprotocol); }
  Client robot(const std::string& path) {
    auto robot = dial(path, signal::kSubprotocol);
    robot.say(signal::Hello{.features = {"trickle"}});
    (void)robot.next<signal::Welcome>();
    return robot;
  }
  [[nodiscard]] std::string get(const std::string& path) const { return test::http(server_->port(), "GET", path, {}); }

  std::shared_ptr<net::IoThread> io_ = net::IoThread::create();
  std::shared_ptr<Server> server_;
};

TEST_F(PageSocketTest, TellsAPageOfItsRobotAtOnce) {
  listen();
  const auto page = this->page("/rover");
  EXPECT_EQ(page.next<signal::Welcome>().version, 1);
  EXPECT_FALSE(page.next<signal::PresenceMessage>().robots.at(0).online);
  auto rover = robot("/rover");
  const auto there = page.next<signal::PresenceMessage>().robots.at(0);
  EXPECT_TRUE(there.online && there.trickle);
  rover.say(signal::Status{2, "running"});
  EXPECT_EQ(page.next<signal::PresenceMessage>().robots.at(0).viewers, 2);
  rover.socket->close();
  EXPECT_FALSE(page.next<signal::PresenceMessage>().robots.at(0).online);
}

TEST_F(PageSocketTest, CarriesAnOfferItsAnswerAndCandidatesBothWays) {
  listen();
  const auto rover = robot("/ws");
  const auto page = this->page("/connect");
  page.say(signal::OfferMessage{signal::OfferId(5), kSdp, {}, true});
  EXPECT_EQ(page.next<signal::Accepted>().id.value(), 5u);
  const auto offer = rover.next<signal::OfferMessage>();
  EXPECT_TRUE(offer.trickle);
  page.say(signal::Candidates{signal::OfferId(5), {kHost}, true});
  EXPECT_EQ(rover.next<signal::Candidates>(), (signal::Candidates{offer.id, {kHost}, true}));
  rover.say(signal::AnswerMessage{offer.id, kSdp});
  EXPECT_EQ(page.next<signal::AnswerMessage>().sdp, kSdp);
  rover.say(signal::Candidates{offer.id, {kHost}, false});
  EXPECT_EQ(page.next<signal::Candidates>(), (signal::Candidates{signal::OfferId(5), {kHost}, false}));
}

TEST_F(PageSocketTest, RefusesWithTheCodesOfThePost) {
  listen();
  const auto page = this->page("/digger");
  page.say(signal::OfferMessage{signal::OfferId(1), kSdp, {}, false});
  EXPECT_EQ(page.next<signal::RefusalMessage>().error, "robot_offline");
  const auto rover = robot("/digger");
  page.say(signal::OfferMessage{signal::OfferId(2), "nonsense", {}, false});
  EXPECT_EQ(page.next<signal::RefusalMessage>().error, "bad_offer");
}

TEST_F(PageSocketTest, CountsOffersTogetherWithThoseOfThePost) {
  ServerOptions options;
  options.rate = {.per_second = 0.1, .burst = 1};
  listen(options);
  const auto page = this->page("/rover");
  page.say(signal::OfferMessage{signal::OfferId(1), kSdp, {}, false});
  EXPECT_EQ(page.next<signal::RefusalMessage>().error, "robot_offline");
  page.say(signal::OfferMessage{signal::OfferId(2), kSdp, {}, false});
  const auto limited = page.next<signal::RefusalMessage>();
  EXPECT_EQ(limited.error, "rate_limited");
  EXPECT_EQ(limited.retry_after, 10s);
}

TEST_F(PageSocketTest, IsRefusedToOtherSitesToTooManyAndWhereThereIsNothing) {
  ServerOptions options;
  options.pages.pages.max_pages_per_address = 1;
  listen(options);
  EXPECT_THROW(dial("/rover", signal::kPageSubprotocol, "https://evil.example"), Error);
  EXPECT_THROW(page("/a/b"), Error);
  const auto only = page("/rover");
  (void)only.next<signal::Welcome>();
  const auto second = page("/rover");
  const auto refused = second.next<signal::ErrorMessage>();
  EXPECT_EQ(refused.error, "too_many_pages");
  EXPECT_THAT(refused.message, StartsWith("1 page from your address is open"));
  EXPECT_EQ(second.closed->get(20s), 1013);
  EXPECT_THAT(get("/metrics"), AllOf(HasSubstr("rtcbot_pages_open 1"), HasSubstr("rtcbot_pages_turned_away_total 1")));
}

TEST_F(PageSocketTest, NeverTakesTheRobotsPlace) {
  ServerOptions options;
  options.authenticator.robot_token = "s3cret";
  listen(options);
  const auto page = this->page("/ws");
  EXPECT_EQ(page.next<signal::Welcome>().version, 1);
  EXPECT_THAT(get("/api/robots"), HasSubstr(R"({"robots":[]})"));
}

TEST_F(PageSocketTest, ShowsTheListOnceARobotWithANameWasThere) {
  listen();
  const auto unnamed = robot("/ws");
  EXPECT_THAT(get("/"), HasSubstr("<video"));
  const auto list = page("/api/robots");
  EXPECT_EQ(list.next<signal::PresenceMessage>().robots.size(), 1u);
  auto rover = robot("/rover");
  EXPECT_EQ(list.next<signal::PresenceMessage>().robots.at(0).name, "rover");
  EXPECT_THAT(get("/"), AllOf(HasSubstr("<ul id=\"robots\""), Not(HasSubstr("<video"))));
  EXPECT_THAT(get("/?watch"), HasSubstr("<video"));
  EXPECT_THAT(get("/rover"), HasSubstr("<video"));
  rover.socket->close();
  EXPECT_FALSE(list.next<signal::PresenceMessage>().robots.at(0).online);
  EXPECT_THAT(get("/"), HasSubstr("<ul id=\"robots\""));
}

TEST_F(PageSocketTest, ShowsTheListAlwaysOrNeverWhereItIsTold) {
  ServerOptions options;
  options.pages.list = ListAtRoot::never;
  listen(options);
  const auto rover = robot("/rover");
  EXPECT_THAT(get("/"), HasSubstr("<video"));
  options.pages.list = ListAtRoot::always;
  listen(options);
  EXPECT_THAT(get("/"), HasSubstr("<ul id=\"robots\""));
}

TEST_F(PageSocketTest, ShowsTheNewestPicture) {
  listen();
  EXPECT_THAT(get("/api/robots/rover/snapshot.jpg"), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("not_found")));
  const auto rover = robot("/rover");
  const auto page = this->page("/rover");
  const auto jpeg = signal::testing::make_jpeg("picture");
  rover.say(signal::Snapshot{jpeg});
  while (!page.next<signal::PresenceMessage>().robots.at(0).snapshot) {
  }
  EXPECT_THAT(get("/api/robots/rover/snapshot.jpg"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("image/jpeg"), HasSubstr("no-store"), HasSubstr(jpeg)));
  EXPECT_THAT(get("/api/robots//snapshot.jpg"), StartsWith("HTTP/1.1 404"));
}

TEST_F(PageSocketTest, SaysWhenItStops) {
  listen();
  const auto page = this->page("/rover");
  server_->stop(5s);
  EXPECT_GT(page.next<signal::Stopping>().retry_after, 0ms);
  EXPECT_EQ(page.closed->get(20s), 1012);
}

TEST_F(PageSocketTest, IsSaidToPagesThatTakeTheLibraryFromHere) {
  listen();
  for (const char* path : {"/", "/rover", "/rtcbot.js", "/rtcbot.mjs"}) {
    EXPECT_THAT(get(path), HasSubstr("rtcbotSignalling = \"rtcbot.page.v1\";")) << path;
  }
}

}  // namespace
}  // namespace rtcbot::server
