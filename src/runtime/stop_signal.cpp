#include "rtcbot/runtime/stop_signal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>

namespace rtcbot::runtime {
namespace {

// A signal handler may use little more than a descriptor. A byte in this pipe means stop; it is never read, so that
// every waiter sees it. The descriptors are never closed, because signal handlers may use them until the process ends.
struct StopPipe {
  std::array<int, 2> ends{-1, -1};
  StopPipe() {
    if (pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) ends = {-1, -1};
  }
};

StopPipe& stop_pipe() {
  static StopPipe pipe;
  return pipe;
}

std::atomic<int> signals_seen{0};

void on_signal(int number) {
  if (signals_seen.fetch_add(1) > 0) _exit(128 + number);
  request_stop();
}

}  // namespace

StopSignal::StopSignal() {
  stop_pipe();
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
}

StopSignal::~StopSignal() {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
}

bool StopSignal::wait_for(std::chrono::milliseconds limit) const {
  pollfd stop{stop_pipe().ends[0], POLLIN, 0};
  const auto capped = std::min<std::chrono::milliseconds::rep>(limit.count(), 1'000'000'000);
  return poll(&stop, 1, static_cast<int>(capped)) > 0;
}

void StopSignal::wait() const {
  while (!wait_for(std::chrono::hours(24))) {
  }
}

void request_stop() {
  const char byte = 1;
  // A full pipe means that a stop was already requested.
  [[maybe_unused]] const auto written = write(stop_pipe().ends[1], &byte, 1);
}

}  // namespace rtcbot::runtime
