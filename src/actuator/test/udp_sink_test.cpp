#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "rtcbot/runtime/descriptor.hpp"
#include "support/watcher.hpp"

namespace rtcbot::actuator {
namespace {

using namespace testing;
using ::testing::HasSubstr;

/// A motor controller that takes datagrams.
class Receiver {
 public:
  explicit Receiver(int family) : socket_(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_storage address{};
    socklen_t size = sizeof(sockaddr_in);
    address.ss_family = static_cast<sa_family_t>(family);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
    if (family == AF_INET6) {
      v6->sin6_addr = in6addr_loopback;
      size = sizeof(sockaddr_in6);
    } else {
      v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    is_there_ = bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0;
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(family == AF_INET6 ? v6->sin6_port : v4->sin_port);
  }
  [[nodiscard]] std::string next() const {
    pollfd input{socket_.get(), POLLIN, 0};
    if (poll(&input, 1, 20'000) != 1) return "nothing came";
    std::array<char, 2048> bytes{};
    const auto count = recv(socket_.get(), bytes.data(), bytes.size(), 0);
    return without_times({bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(0, count))});
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] bool is_there() const { return is_there_; }
  void close() { socket_.close(); }

 private:
  runtime::Descriptor socket_;
  int port_ = 0;
  bool is_there_ = false;
};

TEST(Udp, SendsEachOutputInADatagramAndStopsAtTheEnd) {
  Receiver receiver(AF_INET);
  Watcher watcher;
  auto sink = parse_sink("udp:127.0.0.1:" + std::to_string(receiver.port()), watcher.options()).value();
  EXPECT_TRUE(sink->write(forward(0.5)));
  EXPECT_EQ(receiver.next(), line_without_time(forward(0.5)));
  EXPECT_TRUE(sink->write(stop()));
  EXPECT_EQ(receiver.next(), line_without_time(stop()));
  sink.reset();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(receiver.next(), line_without_time(stop(safety::StopReason::local)));
}

TEST(Udp, KnowsNamesAndIpv6) {
  Receiver receiver(AF_INET6);
  // Some machines have none.
  const std::string address = receiver.is_there() ? "[::1]" : "localhost";
  Watcher watcher;
  Receiver fallback(AF_INET);
  const auto& expected = receiver.is_there() ? receiver : fallback;
  const auto sink = parse_sink("udp:" + address + ":" + std::to_string(expected.port()), watcher.options()).value();
  EXPECT_TRUE(sink->write(forward()));
  if (receiver.is_there()) {
    EXPECT_EQ(expected.next(), line_without_time(forward()));
  }
}

TEST(Udp, GoesOnSendingToAReceiverThatIsAwayForAMoment) {
  Receiver receiver(AF_INET);
  Watcher watcher;
  const auto sink = parse_sink("udp:127.0.0.1:" + std::to_string(receiver.port()), watcher.options()).value();
  receiver.close();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(sink->write(forward())) << "word of the one before is no reason";
}

TEST(Udp, SaysWhichNameCannotBeFound) {
  Watcher watcher;
  const auto sink = parse_sink("udp:no-such-host.invalid:9000", watcher.options());
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().code(), Errc::bad_address);
  EXPECT_THAT(sink.error().what(), HasSubstr("no-such-host.invalid"));
}

}  // namespace
}  // namespace rtcbot::actuator
