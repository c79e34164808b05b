// How exact the dead-man is: many robots at once are driven, and left alone at speed.
//
//   dead_man [TRIALS] [AT-ONCE] [LIMIT-MS]      (1000 trials, 25 at once, 250 ms)
//
// Prints one line of JSON: how long after the last command each actuator was told to stand, less the limit, ms; and
// how late the machine woke a bare timer meanwhile, on each processor, as often as each millisecond.
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "driving_loop.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/safety/safety.hpp"

using namespace rtcbot;
using control::Channel;
using control::ViewerId;
using std::chrono::milliseconds;

namespace {

std::string command(std::uint64_t number, double throttle) {
  const double now = safety::milliseconds_of(runtime::now());
  char text[240];
  std::snprintf(
      text, sizeof text,
      R"({"v":1,"type":"command","n":%llu,"t":%.3f,"r":%.3f,"h":5,"p":50,"axes":[0,%.2f],"buttons":0,"mode":""})",
      static_cast<unsigned long long>(number), now, now - 5, throttle);
  return text;
}

/// Remembers when it was told to stand after it had moved.
class Actuator : public safety::Sink {
 public:
  bool write(const safety::Output& output) override {
    if (output.moving()) moving_ = true;
    if (!output.moving() && moving_.exchange(false)) stood_at_ = runtime::now().time_since_epoch().count();
    return true;
  }
  [[nodiscard]] std::string name() const override { return "bench"; }

  std::atomic<std::int64_t> stood_at_{0};
  std::atomic<bool> moving_{false};
};

/// What the machine itself costs: a thread on each processor that does nothing but wake each millisecond, ahead of all
/// else. What it is late by, anything is.
class BareTimers {
 public:
  struct Late {
    int times = 0;  ///< Over 10 ms.
    double max_ms = 0;
  };

  BareTimers() {
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i) {
      threads_.push_back(std::async(std::launch::async, [this, i] { return run(i); }));
    }
  }
  [[nodiscard]] Late end() {
    is_over_ = true;
    Late all;
    for (auto& thread : threads_) {
      const Late late = thread.get();
      all.times += late.times;
      all.max_ms = std::max(all.max_ms, late.max_ms);
    }
    return all;
  }

 private:
  [[nodiscard]] Late run(unsigned processor) const {
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(processor, &own);
    pthread_setaffinity_np(pthread_self(), sizeof own, &own);
    sched_param wanted{};
    wanted.sched_priority = 20;
    pthread_setschedparam(pthread_self(), SCHED_FIFO, &wanted);
    Late late;
    for (auto due = std::chrono::steady_clock::now(); !is_over_; due += milliseconds(1)) {
      std::this_thread::sleep_until(due);
      const auto now = std::chrono::steady_clock::now();
      const double ms = std::chrono::duration<double, std::milli>(now - due).count();
      late.max_ms = std::max(late.max_ms, ms);
      if (ms <= 10) continue;
      ++late.times;
      due = now;
    }
    return late;
  }

  std::atomic<bool> is_over_{false};
  std::vector<std::future<Late>> threads_;
};

/// Ahead of all but the driving threads, where the system lets us: these drivers are stand-ins for a network, and
/// a stand-in that is kept from the processor between its clock and its call says nothing of the robot.
void ask_for_priority() {
  sched_param wanted{};
  wanted.sched_priority = 5;
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &wanted);
}

/// One robot: drives for a moment, says nothing more, waits; as often as asked.
std::vector<double> drive(int trials, milliseconds limit) {
  ask_for_priority();
  control::Config config;
  config.safety.dead_man = limit;
  DrivingLoop loop(config, {.tell = [](const control::Message&) {},
                            .event = [](const safety::Event&) {},
                            .request = [](const control::CameraRequest&) {}});
  auto owned = std::make_unique<Actuator>();
  Actuator& actuator = *owned;
  loop.add_sink(std::move(owned));
  const ViewerId viewer(1);
  loop.join(viewer, true);
  loop.channel_open(viewer, Channel::control);
  loop.channel_open(viewer, Channel::drive);
  loop.message(viewer, Channel::control, R"({"v":1,"type":"request","id":1,"what":"take"})");
  std::vector<double> late;
  std::uint64_t number = 0;
  for (int trial = 0; trial < trials; ++trial) {
    actuator.stood_at_ = 0;
    Timestamp last{};
    for (int i = 0; i < 6; ++i) {
      last = runtime::now();
      loop.message(viewer, Channel::drive, command(++number, i < 2 ? 0 : 1));
      std::this_thread::sleep_for(milliseconds(20));
    }
    const auto deadline = std::chrono::steady_clock::now() + limit + std::chrono::seconds(5);
    while (actuator.stood_at_ == 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    const double took = static_cast<double>(actuator.stood_at_ - last.time_since_epoch().count()) / 1000;
    late.push_back(actuator.stood_at_ == 0 ? 1e9 : took - static_cast<double>(limit.count()));
  }
  return late;
}

}  // namespace

int main(int argc, char** argv) {
  const int trials = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1'000;
  const int at_once = argc > 2 ? std::clamp(std::atoi(argv[2]), 1, 200) : 25;
  const milliseconds limit(argc > 3 ? std::clamp(std::atoi(argv[3]), 20, 10'000) : 250);
  BareTimers timers;
  std::vector<std::future<std::vector<double>>> robots;
  for (int i = 0; i < at_once; ++i) {
    const int share = trials / at_once + (i < trials % at_once ? 1 : 0);
    robots.push_back(std::async(std::launch::async, [share, limit] { return drive(share, limit); }));
  }
  std::vector<double> late;
  for (auto& robot : robots) {
    for (const double each : robot.get()) late.push_back(each);
  }
  const auto timer = timers.end();
  std::sort(late.begin(), late.end());
  const auto at = [&](double share) {
    return late[static_cast<std::size_t>(share * static_cast<double>(late.size() - 1))];
  };
  const auto within = std::count_if(late.begin(), late.end(), [](double each) { return each >= 0 && each <= 10; });
  std::printf(
      "{\"trials\":%zu,\"within_10_ms\":%td,\"least\":%.3f,\"p50\":%.3f,\"p99\":%.3f,\"most\":%.3f,"
      "\"timer_late\":%d,\"timer_most\":%.3f}\n",
      late.size(), within, late.front(), at(0.5), at(0.99), late.back(), timer.times, timer.max_ms);
  return 0;
}
