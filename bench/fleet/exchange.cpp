// One robot that answers at once, and many that ask for it: how many exchanges per second, and how long each took.
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <deque>
#include <nlohmann/json.hpp>
#include <vector>

#include "client_socket.hpp"
#include "orders.hpp"

namespace rtcbot::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr unsigned kText = 1, kPing = 9, kPong = 10;
constexpr auto kStartLimit = 10s;
constexpr auto kLastLimit = 5s;  // For the answers that are still awaited at the end.

/// A session of one video track and one data channel, as a browser describes them, in small.
std::string session(const char* setup) {
  std::string sdp =
      "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
      "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:96 H264/90000\r\n";
  const std::string transport =
      std::string(
          "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 "
          "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n"
          "a=setup:")
          .append(setup)
          .append("\r\n");
  sdp += transport;
  for (int i = 1; i <= 8; ++i) {
    const auto n = std::to_string(i);
    sdp += "a=candidate:" + n + " 1 udp 2122260223 192.0.2." + n + " 5000" + n + " typ host generation 0\r\n";
  }
  return sdp +
         "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sctp-port:5000\r\n" +
         transport;
}

struct Poster {
  ClientSocket socket;
  bool is_waiting = false;
  bool has_sent = false;
  Clock::time_point since;
};

class Exchange {
 public:
  explicit Exchange(const Orders& orders) : orders_(orders), posters_(static_cast<std::size_t>(orders.posters)) {
    if (orders.tls) context_ = make_client_context();
    const auto offer = Json{{"sdp", session("actpass")}, {"type", "offer"}}.dump();
    request_ = "POST /connect HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
               std::to_string(offer.size()) + "\r\n" + (orders.new_connection ? "Connection: close\r\n" : "") + "\r\n" +
               offer;
    bare_answer_ = Json{{"sdp", session("active")}, {"type", "answer"}}.dump();
    sdp_ = Json(session("active")).dump();
  }

  int run() {
    if (!go_online()) return std::fputs("fleet_client: the robot did not come online\n", stderr), 1;
    const auto began = Clock::now();
    const auto end =
        began + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(orders_.seconds));
    next_due_ = began;
    for (std::size_t i = 0; i < posters_.size(); ++i) free_.push_back(i);
    while (Clock::now() < end) {
      while (!free_.empty() && is_due()) post(free_.front());
      turn();
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
    const auto in_time = taken_.size();
    const auto last = Clock::now() + kLastLimit;
    while (std::any_of(posters_.begin(), posters_.end(), [](const Poster& p) { return p.is_waiting; }) &&
           Clock::now() < last) {
      turn();
    }
    print(seconds, in_time);
    return 0;
  }

 private:
  static constexpr std::uint64_t kRobot = ~0ULL;

  /// At a fixed rate a post is due whether or not the last ones were answered, and its clock runs from then: a server
  /// that stalls must not be asked less, and look better for it.
  bool is_due() const { return orders_.rate <= 0 || next_due_ <= Clock::now(); }

  void post(std::size_t index) {
    free_.pop_front();
    auto& poster = posters_[index];
    poster.is_waiting = true;
    poster.since = Clock::now();
    if (orders_.rate > 0) {
      poster.since = next_due_;
      next_due_ += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / orders_.rate));
    }
    poster.has_sent = poster.socket.state() == ClientSocket::State::open;
    if (poster.has_sent && poster.socket.send(request_)) return;
    poster.has_sent = false;
    if (!poster.socket.connect(epoll_, index, orders_.port, context_.get())) fail(index);
  }

  void turn() {
    std::array<epoll_event, 256> events{};
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 1);
    for (int i = 0; i < count; ++i) {
      const auto tag = events.at(static_cast<std::size_t>(i)).data.u64;
      tag == kRobot ? drive_robot() : drive_poster(static_cast<std::size_t>(tag));
    }
  }

  void fail(std::size_t index) {
    auto& poster = posters_[index];
    poster.socket.close();
    if (!std::exchange(poster.is_waiting, false)) return;
    ++failures_;
    free_.push_back(index);
  }

  void drive_poster(std::size_t index) {
    auto& poster = posters_[index];
    if (poster.socket.state() == ClientSocket::State::closed) return;
    bool is_alive = poster.socket.drive();
    if (poster.is_waiting && !poster.has_sent && poster.socket.state() == ClientSocket::State::open) {
      poster.has_sent = true;
      is_alive = poster.socket.send(request_) && is_alive;
    }
    if (const auto answer = take_answer(poster.socket.in); answer && poster.is_waiting) {
      poster.is_waiting = false;
      if (answer->status == 200) taken_.push_back(Clock::now() - poster.since);
      if (answer->status != 200) ++refused_;
      if (orders_.new_connection) poster.socket.close();
      free_.push_back(index);
    }
    if (!is_alive) fail(index);
  }

  bool go_online() {
    const auto limit = Clock::now() + kStartLimit;
    if (!robot_.connect(epoll_, kRobot, orders_.port, context_.get())) return false;
    while (!is_online_ && Clock::now() < limit) turn();
    return is_online_;
  }

  void drive_robot() {
    if (robot_.state() == ClientSocket::State::closed) return;
    bool is_alive = robot_.drive();
    if (!has_asked_ && robot_.state() == ClientSocket::State::open) {
      has_asked_ = true;
      robot_.send(upgrade_request("/ws", orders_.bare ? nullptr : "rtcbot.v1"));
    }
    if (!has_upgraded_) {
      const auto answer = take_answer(robot_.in, false);
      if (!answer) return;
      has_upgraded_ = true;
      is_online_ = orders_.bare;
      if (answer->status != 101) return robot_.close();
      if (!orders_.bare) robot_.send(masked_frame(kText, R"({"type":"hello","version":1})"));
    }
    while (auto frame = take_frame(robot_.in)) {
      if (frame->opcode == kPing) robot_.send(masked_frame(kPong, frame->payload));
      if (frame->opcode == kText) answer(frame->payload);
    }
    if (!is_alive) robot_.close();
  }

  void answer(const std::string& text) {
    if (orders_.bare) return void(robot_.send(masked_frame(kText, bare_answer_)));
    // The whole text is not parsed: it is the server that is measured.
    if (text.find("\"type\":\"welcome\"") != std::string::npos) is_online_ = true;
    const auto at = text.find("\"id\":");
    if (text.find("\"type\":\"offer\"") == std::string::npos || at == std::string::npos) return;
    const auto id = text.substr(at + 5, text.find_first_of(",}", at) - at - 5);
    robot_.send(masked_frame(kText, R"({"type":"answer","id":)" + id + R"(,"sdp":)" + sdp_ + "}"));
  }

  double quantile(double q) const {
    if (taken_.empty()) return -1;
    const auto place = static_cast<std::size_t>(std::ceil(q * static_cast<double>(taken_.size()))) - 1;
    return std::chrono::duration<double, std::milli>(taken_[std::min(place, taken_.size() - 1)]).count();
  }

  void print(double seconds, std::size_t in_time) {
    std::sort(taken_.begin(), taken_.end());
    std::printf(
        "{\"rate\":%.1f,\"answers\":%zu,\"refused\":%d,\"failures\":%d,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f}\n",
        static_cast<double>(in_time) / seconds, taken_.size(), refused_, failures_, quantile(0.5), quantile(0.99),
        quantile(0.999));
  }

  const Orders orders_;
  std::unique_ptr<SSL_CTX, ContextFreer> context_;
  std::string request_, bare_answer_, sdp_;
  ClientSocket robot_;
  bool has_asked_ = false, has_upgraded_ = false, is_online_ = false;
  std::vector<Poster> posters_;
  std::deque<std::size_t> free_;
  std::vector<Clock::duration> taken_;
  Clock::time_point next_due_;
  int refused_ = 0, failures_ = 0;
  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
};

}  // namespace

int exchange(const Orders& orders) { return Exchange(orders).run(); }

}  // namespace rtcbot::bench
