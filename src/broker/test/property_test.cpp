// Whatever happens in whatever order: each browser gets exactly one response, in time, and it is the one made for it.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "broker_bench.hpp"
#include "rtcbot/signal/sdp.hpp"

namespace rtcbot::broker {
namespace {

using namespace testing;
using signal::Protocol;

/// The session name, by which `make_sdp` marks whose description it is.
std::string mark_of(const std::string& sdp) {
  const std::size_t begin = sdp.find("s=") + 2;
  return sdp.substr(begin, sdp.find("\r\n", begin) - begin);
}

/// Robots that answer honestly, late, wrongly or never, and browsers that come and go.
class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), bench_({.max_waiting_per_robot = 4, .max_robots = 6}) {}

  void play(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      step();
      drain();
      check_deadlines();
    }
    for (int i = 0; i < 30; ++i) pass(Duration(1s));
    EXPECT_EQ(bench_.broker.waiting(), 0u);
    for (const auto& [request, asked] : asked_) EXPECT_EQ(responses_[request], asked.abandoned_unanswered ? 0 : 1);
  }

  [[nodiscard]] int answered() const { return answered_; }

 private:
  struct Socket {
    Protocol protocol;
    std::vector<std::pair<signal::OfferId, std::string>> unanswered;  ///< Id (v1 only) and mark, in order of arrival.
  };
  struct Asked {
    Timestamp at;
    bool abandoned_unanswered = false;
  };

  std::uint64_t pick(std::uint64_t n) { return std::uniform_int_distribution<std::uint64_t>(0, n - 1)(random_); }
  std::string name() { return pick(3) == 0 ? "" : pick(2) == 0 ? "a" : "b"; }

  void step() {
    const auto dice = pick(100);
    if (dice < 12) return connect();
    if (dice < 45) return ask();
    if (dice < 50) return abandon();
    if (dice < 60) return pass(Duration(std::chrono::milliseconds(pick(6'000))));
    if (sockets_.empty()) return;
    const auto socket = std::next(sockets_.begin(), static_cast<std::ptrdiff_t>(pick(sockets_.size())))->first;
    if (dice < 92) return answer(socket);
    if (dice < 96) return leave(socket);
    bench_.broker.robot_message(bench_.now, socket, dice < 98 ? "rubbish" : R"({"type":"telepathy"})", dice == 99);
  }

  void connect() {
    const auto protocol = pick(2) == 0 ? Protocol::legacy : Protocol::v1;
    const auto socket = bench_.connect(name(), protocol);
    sockets_[socket] = {protocol, {}};
    if (protocol == Protocol::v1 && pick(10) != 0) {
      bench_.say(socket, write_message(signal::Hello{}));
    }
  }

  void ask() {
    const RequestId request(bench_.last_request + 1);
    asked_[request] = {bench_.now};
    bench_.ask("request " + std::to_string(request.value()), name());
  }

  void abandon() {
    if (asked_.empty()) return;
    const RequestId request(1 + pick(asked_.size()));
    drain();
    if (responses_[request] == 0) asked_[request].abandoned_unanswered = true;
    bench_.broker.request_abandoned(bench_.now, request);
  }

  void answer(SocketId id) {
    Socket& socket = sockets_.at(id);
    if (socket.unanswered.empty()) return;
    const auto which = socket.protocol == Protocol::legacy ? 0 : pick(socket.unanswered.size());
    const auto [offer, mark] = socket.unanswered[which];
    socket.unanswered.erase(socket.unanswered.begin() + static_cast<std::ptrdiff_t>(which));
    bench_.say(id, socket.protocol == Protocol::legacy ? legacy_answer(mark) : v1_answer(offer, mark));
  }

  void leave(SocketId socket) {
    sockets_.erase(socket);
    bench_.broker.robot_disconnected(bench_.now, socket);
  }

  void pass(Duration time) {
    const Timestamp end = bench_.now + time;
    while (bench_.now < end) {
      bench_.advance(std::min(std::max(bench_.broker.next_timeout(), bench_.now), end) - bench_.now);
      drain();
    }
  }

  void drain() {
    for (const Action& action : bench_.actions()) {
      if (const auto* respond = std::get_if<Respond>(&action)) check(*respond);
      if (const auto* close = std::get_if<CloseSocket>(&action)) sockets_.erase(close->socket);
      if (const auto* text = std::get_if<SendText>(&action)) take(*text);
    }
  }

  void check(const Respond& respond) {
    EXPECT_EQ(++responses_[respond.request], 1) << "request " << respond.request.value();
    EXPECT_FALSE(asked_.at(respond.request).abandoned_unanswered);
    EXPECT_LE(bench_.now - asked_.at(respond.request).at, 10s);
    if (respond.status != 200) return;
    ++answered_;
    const auto reply = signal::parse_answer(respond.body).value();
    EXPECT_EQ(mark_of(std::get<signal::Description>(reply).sdp), "request " + std::to_string(respond.request.value()));
  }

  void take(const SendText& text) {
    ASSERT_TRUE(sockets_.contains(text.socket)) << "text to a socket that is gone";
    Socket& socket = sockets_.at(text.socket);
    if (socket.protocol == Protocol::legacy) {
      EXPECT_TRUE(socket.unanswered.empty()) << "two offers at once to a bare robot";
      socket.unanswered.emplace_back(0, mark_of(signal::parse_offer(text.text).value().sdp));
      return;
    }
    const auto message = signal::parse_message(text.text).value();
    if (const auto* offer = std::get_if<signal::OfferMessage>(&message)) {
      socket.unanswered.emplace_back(offer->id, mark_of(offer->sdp));
    }
  }

  void check_deadlines() const { EXPECT_GE(bench_.broker.next_timeout(), bench_.now); }

  std::mt19937_64 random_;
  BrokerBench bench_;
  std::map<SocketId, Socket> sockets_;
  std::map<RequestId, Asked> asked_;
  std::map<RequestId, int> responses_;
  int answered_ = 0;
};

TEST(Broker, GivesEachBrowserExactlyOneResponseInTimeAndNeverAnothersAnswer) {
  int answered = 0;
  for (std::uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    world.play(300);
    answered += world.answered();
  }
  EXPECT_GT(answered, 2'000) << "the play does not reach what it shall test";
}

}  // namespace
}  // namespace rtcbot::broker
