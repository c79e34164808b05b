// A fleet of idle robots: dials, says hello, answers pings, and dials again when it is cut off, as rtcbot-robot does:
// when the server said "stopping", after the time that it named, otherwise after a growing pause with jitter.
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <queue>
#include <random>
#include <vector>

#include "client_socket.hpp"
#include "orders.hpp"

namespace rtcbot::bench {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kDialLimit = 30s;
constexpr auto kReport = 200ms;
constexpr unsigned kText = 1, kClose = 8, kPing = 9, kPong = 10;

struct Robot {
  enum class Stage { waiting, dialling, upgrading, online };
  ClientSocket socket;
  Stage stage = Stage::waiting;
  int failures = 0;
  std::chrono::milliseconds told{0};
  Clock::time_point dial_by;
};

class Fleet {
 public:
  explicit Fleet(const Orders& orders) : orders_(orders), robots_(static_cast<std::size_t>(orders.count)) {
    if (orders.tls) context_ = make_client_context();
    for (std::size_t i = 0; i < robots_.size(); ++i) ready_.push_back(i);
  }

  int run() {
    epoll_event input{};
    input.events = EPOLLIN;
    input.data.u64 = kInput;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    std::array<epoll_event, 512> events{};
    while (true) {
      wake_sleepers();
      while (dialling_ < orders_.at_once && !ready_.empty()) dial_next();
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 20);
      for (int i = 0; i < count; ++i) {
        const auto tag = events.at(static_cast<std::size_t>(i)).data.u64;
        if (tag == kInput) return 0;
        drive(static_cast<std::size_t>(tag));
      }
      give_up_late_dials();
      report();
    }
  }

 private:
  static constexpr std::uint64_t kInput = ~0ULL;
  using Sleeper = std::pair<Clock::time_point, std::size_t>;

  void wake_sleepers() {
    while (!sleepers_.empty() && sleepers_.top().first <= Clock::now()) {
      ready_.push_back(sleepers_.top().second);
      sleepers_.pop();
    }
  }

  void dial_next() {
    const auto index = ready_.front();
    ready_.pop_front();
    auto& robot = robots_[index];
    ++dials_;
    ++dialling_;
    robot.stage = Robot::Stage::dialling;
    robot.dial_by = Clock::now() + kDialLimit;
    late_.emplace_back(robot.dial_by, index);
    if (!robot.socket.connect(epoll_, index, orders_.port, context_.get())) lose(robot, index);
  }

  void give_up_late_dials() {
    while (!late_.empty() && late_.front().first <= Clock::now()) {
      const auto [at, index] = late_.front();
      late_.pop_front();
      auto& robot = robots_[index];
      const bool is_dialling = robot.stage == Robot::Stage::dialling || robot.stage == Robot::Stage::upgrading;
      if (is_dialling && robot.dial_by == at) lose(robot, index);
    }
  }

  void drive(std::size_t index) {
    auto& robot = robots_[index];
    if (robot.stage == Robot::Stage::waiting) return;
    bool is_alive = robot.socket.drive();
    if (robot.stage == Robot::Stage::dialling && robot.socket.state() == ClientSocket::State::open) {
      robot.stage = Robot::Stage::upgrading;
      const auto path = "/r" + std::to_string(static_cast<std::size_t>(orders_.from) + index);
      is_alive = robot.socket.send(upgrade_request(path, orders_.bare ? nullptr : "rtcbot.v1")) && is_alive;
    }
    if (robot.stage == Robot::Stage::upgrading) is_alive = read_upgrade(robot) && is_alive;
    if (robot.stage == Robot::Stage::online) is_alive = read_frames(robot) && is_alive;
    if (!is_alive) lose(robot, index);
  }

  bool read_upgrade(Robot& robot) {
    const auto answer = take_answer(robot.socket.in, false);
    if (!answer) return true;
    if (answer->status != 101) {
      ++refused_;
      return false;
    }
    robot.stage = Robot::Stage::online;
    robot.failures = 0;
    --dialling_;
    ++online_;
    return orders_.bare || robot.socket.send(masked_frame(kText, R"({"type":"hello","version":1,"instance":"bench"})"));
  }

  bool read_frames(Robot& robot) {
    while (const auto frame = take_frame(robot.socket.in)) {
      if (frame->opcode == kPing && !robot.socket.send(masked_frame(kPong, frame->payload))) return false;
      if (frame->opcode == kClose) {
        robot.socket.send(masked_frame(kClose, frame->payload.substr(0, 2)));
        return false;
      }
      if (frame->opcode == kText) hear(robot, frame->payload);
    }
    if (robot.socket.in.empty()) std::string().swap(robot.socket.in);
    return true;
  }

  void hear(Robot& robot, const std::string& text) {
    const auto message = nlohmann::json::parse(text, nullptr, false);
    if (!message.is_object()) return;
    const auto type = message.value("type", "");
    if (type == "welcome") ++welcomed_;
    if (type == "stopping") robot.told = std::chrono::milliseconds(message.value("retry_after_ms", 0));
  }

  void lose(Robot& robot, std::size_t index) {
    robot.socket.close();
    if (robot.stage == Robot::Stage::online) {
      --online_;
      ++lost_;
    } else {
      --dialling_;
      ++failures_;
      ++robot.failures;
    }
    robot.stage = Robot::Stage::waiting;
    auto pause = std::exchange(robot.told, 0ms);
    if (pause == 0ms) {
      const auto most = std::min(30'000, 500 << std::min(robot.failures, 6));
      pause = std::chrono::milliseconds(std::uniform_int_distribution<int>(most / 2, most)(random_));
    }
    sleepers_.emplace(Clock::now() + pause, index);
  }

  void report() {
    if (Clock::now() < report_at_) return;
    report_at_ = Clock::now() + kReport;
    std::printf(
        "{\"ms\":%lld,\"online\":%d,\"dials\":%d,\"failures\":%d,\"refused\":%d,\"lost\":%d,\"welcomed\":%d}\n",
        static_cast<long long>(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began_).count()),
        online_, dials_, failures_, refused_, lost_, welcomed_);
    std::fflush(stdout);
  }

  const Orders orders_;
  std::unique_ptr<SSL_CTX, ContextFreer> context_;
  std::vector<Robot> robots_;
  std::deque<std::size_t> ready_;
  std::deque<Sleeper> late_;
  std::priority_queue<Sleeper, std::vector<Sleeper>, std::greater<>> sleepers_;
  std::mt19937 random_{4711};
  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  int dialling_ = 0, online_ = 0, dials_ = 0, failures_ = 0, refused_ = 0, lost_ = 0, welcomed_ = 0;
  const Clock::time_point began_ = Clock::now();
  Clock::time_point report_at_ = Clock::now();
};

}  // namespace

int hold(const Orders& orders) { return Fleet(orders).run(); }

}  // namespace rtcbot::bench
