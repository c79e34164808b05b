#include "rtcbot/congestion/frame_gate.hpp"

#include <algorithm>
#include <chrono>

namespace rtcbot::congestion {

namespace {

/// Longer than any backlog; bounds the product of rate and time.
constexpr Duration kMaxDrain = std::chrono::minutes(1);

}  // namespace

void FrameGate::set_rate(Timestamp now, DataRate rate) {
  drain_to(now);
  rate_ = std::max(rate, DataRate());
}

bool FrameGate::has_room(Timestamp now, std::optional<PathRoom> path) {
  drain_to(now);
  if (path) return rate_ > DataRate() && path->for_new;
  return is_below(config_.room);
}

Timestamp FrameGate::changes_at(Timestamp now, std::optional<PathRoom> path) {
  if (rate_ <= DataRate()) return kNever;
  if (path) return path->changes_at;
  if (has_room(now)) return kNever;
  const DataSize excess = backlog_ - rate_ * config_.room;
  return now + excess / (rate_ * config_.drain) + Duration(1);
}

bool FrameGate::admit(Timestamp now, std::int64_t sequence, bool key_frame, DataSize size,
                      std::optional<PathRoom> path) {
  drain_to(now);
  // A gap before this frame breaks the chain even if the frame is refused for another reason.
  const bool bearable = path ? rate_ > DataRate() && path->for_encoded : is_below(config_.limit);
  const bool passes = bearable && chain_.accept(sequence, key_frame);
  if (!passes) {
    chain_.break_off();
    if (!broken_at_) broken_at_ = now;
    ++stats_.refused;
    return false;
  }
  broken_at_.reset();
  backlog_ += size;
  ++stats_.admitted;
  return true;
}

bool FrameGate::take_key_request(Timestamp now, std::optional<PathRoom> path) {
  if (!broken_at_ || !has_room(now, path)) return false;
  if (requested_at_ && now - *requested_at_ < config_.key_request_gap) return false;
  requested_at_ = now;
  return true;
}

void FrameGate::restart(Timestamp now) {
  drained_at_ = now;
  backlog_ = DataSize();
  chain_.break_off();
  broken_at_.reset();
  requested_at_.reset();
}

void FrameGate::drain_to(Timestamp now) {
  const Duration elapsed = std::clamp(now - drained_at_, Duration::zero(), kMaxDrain);
  const DataSize drained = rate_ * config_.drain * elapsed;
  if (drained == DataSize() && backlog_ > DataSize())
    return;  // Too short for one byte; keep the time for the next
             // call.
  backlog_ = std::max(backlog_ - drained, DataSize());
  drained_at_ = now;
}

bool FrameGate::is_below(Duration bound) const { return rate_ > DataRate() && backlog_ <= rate_ * bound; }

}  // namespace rtcbot::congestion
