#include "emulator.hpp"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <utility>

#include "ip_command.hpp"
#include "json_fields.hpp"

namespace rtcbot::linklab {
namespace {

constexpr int kPacketsPerTurn = 64;  ///< Of one device before the other and the clock are looked at again.
constexpr std::size_t kMaxLine = 4096;

std::int64_t monotonic_us() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000;
}

/// True if this process is now served before all usual ones. Those that it starts are not.
bool become_real_time() {
  sched_param priority{};
  priority.sched_priority = 50;
  const bool is_real_time = ::sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) == 0;
  // Helps when it may; without, a page that was put out costs a millisecond at times.
  [[maybe_unused]] const bool is_locked = ::mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
  ::prctl(PR_SET_TIMERSLACK, 1UL);
  return is_real_time;
}

sigset_t watched_signals() {
  sigset_t set{};
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&set, number);
  return set;
}

}  // namespace

Result<void> Emulator::run(Parts parts) {
  Emulator emulator(std::move(parts));
  if (const auto done = emulator.open(); !done) return done;
  emulator.loop();
  return {};
}

Emulator::Emulator(Parts parts)
    : parts_(std::move(parts)),
      up_('u', parts_.up, parts_.log, [this](std::span<std::uint8_t> packet) { return deliver_to_b(packet); }),
      down_('d', parts_.down, parts_.log, [this](std::span<std::uint8_t> packet) { return deliver_to_a(packet); }),
      epoch_us_(monotonic_us()),
      is_waiting_(parts_.options.start_on_traffic > 0 || parts_.options.wait_for_start) {}

Result<void> Emulator::open() {
  const auto set = watched_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  epoll_ = runtime::Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  timer_ = runtime::Descriptor(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  signals_ = runtime::Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  for (const int descriptor : {parts_.tun_a.get(), parts_.tun_b.get(), timer_.get(), signals_.get(), STDIN_FILENO}) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0) continue;
    // A file or /dev/null says nothing: then there are no commands.
    if (descriptor == STDIN_FILENO && errno == EPERM) continue;
    return fail(Errc::internal, std::string("the loop cannot be built: ") + std::strerror(errno));
  }
  is_real_time_ = become_real_time();
  if (!is_real_time_) {
    std::fprintf(stderr, "linklab: no real-time priority here (%s); packets may be late when the machine is busy\n",
                 std::strerror(errno));
  }
  return {};
}

void Emulator::loop() {
  announce();
  while (!is_done_) {
    arm_timer();
    std::array<epoll_event, 8> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
    advance();
    for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)].data.fd);
    advance();
  }
  parts_.log.flush();
}

Timestamp Emulator::now() const { return Timestamp(Duration(monotonic_us() - epoch_us_)); }

void Emulator::advance() {
  const auto time = now();
  up_.advance(time);
  down_.advance(time);
}

void Emulator::arm_timer() {
  const auto next = std::min(up_.next_event().value_or(kNever), down_.next_event().value_or(kNever));
  if (next == armed_) return;
  armed_ = next;
  itimerspec when{};
  if (next != kNever) {
    const auto at = epoch_us_ + next.time_since_epoch().count();
    when.it_value.tv_sec = at / 1'000'000;
    when.it_value.tv_nsec = at % 1'000'000 * 1000;
  }
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Emulator::handle(int descriptor) {
  if (descriptor == parts_.tun_a.get()) return read_packets(true);
  if (descriptor == parts_.tun_b.get()) return read_packets(false);
  if (descriptor == STDIN_FILENO) return read_commands();
  if (descriptor == signals_.get()) return read_signals();
  std::uint64_t expirations = 0;
  // What is due has been delivered by `advance` already; this makes the descriptor quiet.
  [[maybe_unused]] const auto size = ::read(timer_.get(), &expirations, sizeof(expirations));
  armed_ = kNever;
}

void Emulator::read_packets(bool from_a) {
  std::array<std::uint8_t, 65'536> buffer;
  const int tun = from_a ? parts_.tun_a.get() : parts_.tun_b.get();
  for (int i = 0; i < kPacketsPerTurn; ++i) {
    const auto size = ::read(tun, buffer.data(), buffer.size());
    if (size <= 0) return;
    accept(from_a, std::span(buffer).first(static_cast<std::size_t>(size)));
  }
}

void Emulator::accept(bool from_a, std::span<std::uint8_t> packet) {
  const auto limit = parts_.options.start_on_traffic;
  if (is_waiting_ && limit > 0 && static_cast<std::int64_t>(packet.size()) > limit) start();
  const auto time = now();
  if (from_a) return up_.offer(time, packet);
  if (nat_.inward(packet)) return down_.offer(time, packet);
  parts_.log.write(time, 'd', "n", static_cast<std::int64_t>(packet.size()));
}

bool Emulator::deliver_to_b(std::span<std::uint8_t> packet) {
  // The carrier's NAT stands behind the radio: what waits in the modem when it forgets comes out as another.
  return nat_.outward(packet) && ::write(parts_.tun_b.get(), packet.data(), packet.size()) >= 0;
}

bool Emulator::deliver_to_a(std::span<std::uint8_t> packet) {
  return ::write(parts_.tun_a.get(), packet.data(), packet.size()) >= 0;
}

void Emulator::read_signals() {
  signalfd_siginfo info{};
  while (::read(signals_.get(), &info, sizeof(info)) == static_cast<ssize_t>(sizeof(info))) {
    if (info.ssi_signo == SIGCHLD) {
      reap();
    } else {
      is_done_ = true;
    }
  }
}

void Emulator::reap() {
  int status = 0;
  if (ip_child_ == 0 || ::waitpid(ip_child_, &status, WNOHANG) != ip_child_) return;
  ip_child_ = 0;
  if (status == 0) {
    parts_.log.write(now(), '-', "address", 0);
    answer(ip_line_, "");
  } else {
    answer_error(ip_line_, "'ip' has refused it; its words are on standard error");
  }
}

void Emulator::read_commands() {
  std::array<char, 4096> buffer;
  const auto size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (size <= 0) {
    is_done_ = true;
    return;
  }
  input_.append(buffer.data(), static_cast<std::size_t>(size));
  for (auto end = input_.find('\n'); end != std::string::npos; end = input_.find('\n')) {
    const auto line = input_.substr(0, end);
    input_.erase(0, end + 1);
    obey(line);
  }
  if (input_.size() > kMaxLine) input_.clear();
}

}  // namespace rtcbot::linklab
