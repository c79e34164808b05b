#include "address_race.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <optional>

#include "support/raw_client.hpp"
#include "tcp_race.hpp"

namespace rtcbot::net::test {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
namespace ip = boost::asio::ip;

ip::tcp::endpoint at(const std::string& address, std::uint16_t port = 443) { return {ip::make_address(address), port}; }

constexpr Timestamp kBegin{std::chrono::seconds(100)};

TEST(Interleaved, TakesTheFamiliesInTurnBeginningWithThatOfTheFirst) {
  EXPECT_THAT(interleaved({at("2001:db8::1"), at("2001:db8::2"), at("2001:db8::3"), at("192.0.2.1"), at("192.0.2.2")}),
              ElementsAre(at("2001:db8::1"), at("192.0.2.1"), at("2001:db8::2"), at("192.0.2.2"), at("2001:db8::3")));
  EXPECT_THAT(interleaved({at("192.0.2.1"), at("192.0.2.2"), at("2001:db8::1")}),
              ElementsAre(at("192.0.2.1"), at("2001:db8::1"), at("192.0.2.2")));
}

TEST(Interleaved, TakesEachAddressOnceAndNotTooMany) {
  EXPECT_THAT(interleaved({at("192.0.2.1"), at("192.0.2.1")}), ElementsAre(at("192.0.2.1")));
  Endpoints many;
  for (int i = 1; i < 100; ++i) many.push_back(at("192.0.2." + std::to_string(i)));
  EXPECT_EQ(interleaved(many).size(), 16U);
}

TEST(AddressRace, BeginsTheNextAfterItsDelay) {
  AddressRace race(3);
  EXPECT_EQ(race.next(kBegin), 0U);
  EXPECT_EQ(race.next(kBegin), std::nullopt);
  EXPECT_EQ(race.next_at(), kBegin + milliseconds(250));
  EXPECT_EQ(race.next(kBegin + milliseconds(249)), std::nullopt);
  EXPECT_EQ(race.next(kBegin + milliseconds(250)), 1U);
  EXPECT_EQ(race.next(kBegin + milliseconds(500)), 2U);
  EXPECT_EQ(race.next_at(), kNever);
  EXPECT_FALSE(race.is_lost()) << "all of them may still connect";
}

TEST(AddressRace, BeginsTheNextAtOnceWhenOneHasFailed) {
  AddressRace race(2);
  EXPECT_EQ(race.next(kBegin), 0U);
  race.failed(kBegin + milliseconds(10));
  EXPECT_EQ(race.next(kBegin + milliseconds(10)), 1U);
  EXPECT_FALSE(race.is_lost());
  race.failed(kBegin + milliseconds(20));
  EXPECT_TRUE(race.is_lost());
  EXPECT_EQ(race.next(kBegin + milliseconds(1'000)), std::nullopt);
}

/// An address that swallows what is sent to it: a listener whose queue is full.
class DeadEnd {
 public:
  explicit DeadEnd(const ip::address& address) : listener_(context_), endpoint_(address, 0) {
    listener_.open(endpoint_.protocol());
    listener_.bind(endpoint_);
    listener_.listen(0);
    endpoint_ = listener_.local_endpoint();
    for (int i = 0; i < 4; ++i) {
      waiting_.emplace_back(context_);
      waiting_.back().open(endpoint_.protocol());
      // Only begun: the ones that find the queue full would be waited for, whatever the socket is set to.
      waiting_.back().async_connect(endpoint_, [](const boost::system::error_code&) {});
    }
  }
  [[nodiscard]] const ip::tcp::endpoint& endpoint() const { return endpoint_; }

 private:
  boost::asio::io_context context_;
  ip::tcp::acceptor listener_;
  ip::tcp::endpoint endpoint_;
  std::vector<ip::tcp::socket> waiting_;
};

struct Outcome {
  boost::system::error_code error;
  std::optional<ip::tcp::endpoint> remote;
  std::chrono::steady_clock::duration took{};
};

Outcome run_race(const Endpoints& addresses) {
  boost::asio::io_context context;
  Outcome outcome;
  const auto begun = std::chrono::steady_clock::now();
  const auto race = std::make_shared<TcpRace>(context, addresses, [&](const auto& error, ip::tcp::socket socket) {
    outcome.error = error;
    if (!error) outcome.remote = socket.remote_endpoint();
  });
  race->start();
  context.run_for(std::chrono::seconds(20));
  outcome.took = std::chrono::steady_clock::now() - begun;
  return outcome;
}

TEST(TcpRace, IsWonByTheAddressThatAnswersWhereTheFirstIsDead) {
  const DeadEnd dead(ip::make_address("127.0.0.1"));
  const RawListener alive;
  const auto outcome = run_race({dead.endpoint(), at("127.0.0.1", alive.port())});
  EXPECT_EQ(outcome.remote, at("127.0.0.1", alive.port()));
  // It waited for its turn, and for no share of a long deadline.
  EXPECT_GE(outcome.took, milliseconds(240));
  EXPECT_LT(outcome.took, milliseconds(250 + 1'500 + 500));
}

TEST(TcpRace, GoesOnAtOnceWhereTheFirstRefuses) {
  std::uint16_t nobody = 0;
  { nobody = RawListener().port(); }
  const RawListener alive;
  EXPECT_EQ(run_race({at("127.0.0.1", nobody), at("127.0.0.1", alive.port())}).remote, at("127.0.0.1", alive.port()));
}

TEST(TcpRace, TellsTheMostTellingFailure) {
  std::uint16_t nobody = 0;
  { nobody = RawListener().port(); }
  // Nobody routes there.
  const auto outcome = run_race({at("127.0.0.1", nobody), at("255.255.255.255", 9)});
  EXPECT_EQ(outcome.error, boost::asio::error::connection_refused);
}

}  // namespace
}  // namespace rtcbot::net::test
