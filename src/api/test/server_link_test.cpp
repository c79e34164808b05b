#include "../server_link.hpp"

#include <optional>
#include <vector>

#include <gmock/gmock.h>

namespace rtcbot {
namespace {

using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::IsEmpty;

class FakeSocket : public net::WebSocket {
 public:
  explicit FakeSocket(std::string protocol) : protocol_(std::move(protocol)) {}
  void set_observer(net::WebSocketObserver given) override { observer = std::move(given); }
  Result<void> send(std::string message, bool) override {
    if (is_full) return fail(Errc::queue_full, "full");
    sent.push_back(std::move(message));
    return {};
  }
  void close(int code, std::string) override { closed_with.push_back(code); }
  void settle() override {}
  void check_alive(std::function<void()>) override {}
  [[nodiscard]] const std::string& subprotocol() const override { return protocol_; }

  net::WebSocketObserver observer;
  std::vector<std::string> sent;
  std::vector<int> closed_with;
  bool is_full = false;

 private:
  const std::string protocol_;
};

class ServerLinkTest : public testing::Test {
 protected:
  /// The server accepts the attempt.
  std::shared_ptr<FakeSocket> open(const std::string& protocol = std::string(signal::kSubprotocol)) {
    link->dial();
    auto socket = std::make_shared<FakeSocket>(protocol);
    dialed(std::shared_ptr<net::WebSocket>(socket));
    return socket;
  }

  net::WebSocketClientConfig config;  ///< Of the last attempt.
  std::function<void(Result<std::shared_ptr<net::WebSocket>>)> dialed;
  std::weak_ptr<void> attempt;
  std::vector<signal::Protocol> opened;
  std::vector<signal::Refusal> refused;
  std::vector<std::string> messages;
  std::vector<int> closed;
  std::shared_ptr<ServerLink> link = std::make_shared<ServerLink>(
      net::WebSocketClientConfig{.url = "ws://server/ws"},
      [this](net::WebSocketClientConfig given, auto done) {
        config = std::move(given);
        dialed = std::move(done);
        auto handle = std::make_shared<int>();
        attempt = handle;
        return handle;
      },
      ServerLink::Events{
          .on_open = [this](signal::Protocol protocol) { opened.push_back(protocol); },
          .on_refused = [this](signal::Refusal refusal, const Error&) { refused.push_back(refusal); },
          .on_message = [this](const std::string& text) { messages.push_back(text); },
          .on_closed = [this](const net::WebSocketClosed& how) { closed.push_back(how.code); },
      });
};

TEST_F(ServerLinkTest, ReportsTheProtocolOfTheServer) {
  open();
  open("");
  EXPECT_THAT(opened, ElementsAre(signal::Protocol::v1, signal::Protocol::legacy));
}

TEST_F(ServerLinkTest, ReportsARefusalByItsHttpStatus) {
  for (const int status : {401, 403, 409, 502, 0}) {
    link->dial();
    if (status != 0) config.on_declined({.status = status});
    dialed(fail(Errc::refused, "no"));
  }
  using enum signal::Refusal;
  EXPECT_THAT(refused, ElementsAre(unauthorized, forbidden, name_taken, internal, internal))
      << "the last attempt got no answer, and the status of the one before is forgotten";
}

TEST_F(ServerLinkTest, PassesMessagesBothWays) {
  const auto socket = open();
  socket->observer.on_message("hello", false);
  link->send("welcome");
  EXPECT_THAT(messages, ElementsAre("hello"));
  EXPECT_THAT(socket->sent, ElementsAre("welcome"));
}

TEST_F(ServerLinkTest, ClosesASocketWhoseServerDoesNotRead) {
  const auto socket = open();
  socket->is_full = true;
  link->send("status");
  EXPECT_THAT(socket->closed_with, ElementsAre(1013));
  socket->observer.on_closed({.code = 1013});
  EXPECT_THAT(closed, ElementsAre(1013));
}

TEST_F(ServerLinkTest, ReportsNothingOfASocketThatItClosed) {
  const auto socket = open();
  link->close(1001, "the network changed");
  EXPECT_THAT(socket->closed_with, ElementsAre(1001));
  socket->observer.on_message("late", false);
  socket->observer.on_closed({.code = 1001});
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_THAT(closed, IsEmpty());
}

TEST_F(ServerLinkTest, KeepsAClosedSocketUntilItsFramesAreSent) {
  std::weak_ptr<FakeSocket> closing;
  net::WebSocketObserver observer;
  {
    const auto socket = open();
    closing = socket;
    observer = socket->observer;
    dialed = nullptr;
  }
  link->close(1000, "the robot stops");
  EXPECT_FALSE(closing.expired());
  EXPECT_FALSE(link->wait_closed(steady_clock::now()));
  observer.on_closed({.code = 1000});
  EXPECT_TRUE(closing.expired());
  EXPECT_TRUE(link->wait_closed(steady_clock::now()));
}

TEST_F(ServerLinkTest, EndsAnAttemptThatIsNoLongerWanted) {
  link->dial();
  EXPECT_FALSE(attempt.expired());
  link->close(1001, "dialling took too long");
  EXPECT_TRUE(attempt.expired());
}

TEST_F(ServerLinkTest, AMessageOfAnEarlierSocketIsIgnored) {
  const auto first = open();
  link->close(1001, "the network changed");
  const auto second = open();
  first->observer.on_message("old", false);
  second->observer.on_message("new", false);
  EXPECT_THAT(messages, ElementsAre("new"));
}

}  // namespace
}  // namespace rtcbot
