#include "rtcbot/runtime/reload_signal.hpp"

#include <atomic>
#include <csignal>

namespace rtcbot::runtime {
namespace {

std::atomic<bool> reload_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not lock");

void on_reload(int) { reload_asked = true; }

void handle_hangup(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGHUP, &action, nullptr);
}

}  // namespace

ReloadSignal::ReloadSignal() {
  reload_asked = false;
  handle_hangup(on_reload);
}

ReloadSignal::~ReloadSignal() { handle_hangup(SIG_DFL); }

bool ReloadSignal::take() { return reload_asked.exchange(false); }

}  // namespace rtcbot::runtime
