#include "rtcbot/net/core_loop.hpp"

#include <algorithm>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::net {

void CoreLoop::pump(const std::weak_ptr<void>& owner) {
  if (std::exchange(is_pumping_, true)) return;
  core_.drain();
  is_pumping_ = false;
  const Timestamp next = core_.next_timeout();
  if (next >= timer_at_) return;
  timer_at_ = next;
  timer_ = io_->after(std::max(next - runtime::now(), Duration(0)), [this, owner] {
    if (const auto alive = owner.lock()) on_timer(owner);
  });
}

void CoreLoop::on_timer(const std::weak_ptr<void>& owner) {
  timer_at_ = kNever;
  core_.handle_timeout(runtime::now());
  pump(owner);
}

}  // namespace rtcbot::net
