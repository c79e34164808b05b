#include "path.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::engine {

void Path::listen(OnRate on_rate) {
  std::lock_guard lock(listener_mutex_);
  on_rate_ = std::move(on_rate);
}

void Path::when_stalled(std::function<void()> on_stall) {
  std::lock_guard lock(listener_mutex_);
  on_stall_ = std::move(on_stall);
}

void Path::repairs_in_advance() {
  std::lock_guard lock(mutex_);
  controller_.repairs_in_advance();
}

template <class Change>
void Path::change(Change change) {
  const Timestamp now = clock_();
  DataRate rate;
  bool is_probe = false;
  bool stalls = false;
  {
    std::lock_guard lock(mutex_);
    change(now);
    rate = controller_.video_rate(now);
    const DataRate rest = DataRate::bits_per_second(rate.bits_per_second() - aside_);
    rate = std::max(rest, std::min(rate, limits_.least));
    is_probe = controller_.is_stalled(now);
    stalls = !std::exchange(was_stalled_, is_probe) && is_probe;
  }
  if (!drives_) return;
  OnRate listener;
  std::function<void()> on_stall;
  {
    std::lock_guard lock(listener_mutex_);
    listener = on_rate_;
    if (stalls) on_stall = on_stall_;
  }
  if (listener) listener(rate, is_probe);
  if (on_stall) on_stall();
}

void Path::set_limits(congestion::PathController::Limits limits) {
  change([&](Timestamp) {
    limits_ = limits;
    controller_.set_limits(limits);
  });
}

void Path::on_sent(std::int64_t sequence, DataSize size) {
  std::lock_guard lock(mutex_);
  controller_.on_sent(clock_(), sequence, size);
}

void Path::on_feedback(std::span<const congestion::PacketReport> reports) {
  change([&](Timestamp now) { controller_.on_feedback(now, reports); });
}

void Path::on_route_change() {
  change([&](Timestamp now) { controller_.on_route_change(now); });
}

void Path::on_resume() {
  change([&](Timestamp now) { controller_.on_resume(now); });
}

void Path::on_interval() {
  change([](Timestamp) {});
}

void Path::on_frame(DataSize size) {
  std::lock_guard lock(mutex_);
  controller_.on_frame(clock_(), size);
}

std::optional<congestion::FrameGate::PathRoom> Path::room(DataSize size) {
  if (!drives_) return std::nullopt;
  const Timestamp now = clock_();
  std::lock_guard lock(mutex_);
  return congestion::FrameGate::PathRoom{.for_new = controller_.frame_allowance(now) > DataSize(),
                                         .for_encoded = controller_.admits(now, size),
                                         .changes_at = controller_.allowance_changes_at(now)};
}

std::optional<Path::Load> Path::load() {
  if (!drives_) return std::nullopt;
  const Timestamp now = clock_();
  std::lock_guard lock(mutex_);
  return Load{.estimate = controller_.estimate(), .is_stalled = controller_.is_stalled(now)};
}

congestion::PathController::Snapshot Path::snapshot() {
  const Timestamp now = clock_();
  std::lock_guard lock(mutex_);
  return controller_.snapshot(now);
}

}  // namespace rtcbot::engine
