#include <algorithm>
#include <utility>

#include "rtcbot/control/control_session.hpp"

namespace rtcbot::control {
namespace {

/// Minimum intervals for each viewer, whatever changes.
constexpr Duration kStateSpacing = std::chrono::milliseconds(50);
constexpr Duration kStatusSpacing = std::chrono::milliseconds(20);

}  // namespace

Timestamp ControlSession::next_timeout() const {
  Timestamp next = safety_.next_timeout();
  for (const auto& [id, viewer] : viewers_) {
    if (viewer.control_open && !viewer.state_told) next = std::min(next, viewer.state_at + kStateSpacing);
    if (viewer.drive_open && viewer.control_open) next = std::min(next, viewer.status_due);
  }
  if (!telemetry_.empty()) next = std::min(next, telemetry_due_);
  return next;
}

void ControlSession::send(ViewerId to, Channel channel, std::string text) {
  messages_.push_back({to, channel, std::move(text)});
}

void ControlSession::tell_state(Timestamp now, ViewerId id, Viewer& viewer) {
  viewer.state_told = true;
  viewer.state_at = now;
  StateMessage state{.driver = sent_.driver,
                     .asking = sent_.asking,
                     .people = {},
                     .stopped = sent_.stopped,
                     .stopped_by = sent_.stopped_by,
                     .limit = sent_.limit,
                     .cameras = cameras_,
                     .camera = viewer.camera};
  for (const auto& [other_id, other] : viewers_) {
    if (other.control_open) state.people.push_back({other_id, other.name, other.may_drive});
  }
  send(id, Channel::control, write(state));
}

Duration ControlSession::status_interval(ViewerId id) const {
  if (!safety_.driver()) return config_.idle_status;
  return safety_.driver() == id ? config_.driver_status : config_.watcher_status;
}

void ControlSession::tell_status(Timestamp now, ViewerId id, Viewer& viewer) {
  viewer.status_at = now;
  viewer.status_due = now + status_interval(id);
  const auto stats = safety_.counts(id);
  send(id, Channel::drive,
       write(StatusMessage{.robot_ms = safety::milliseconds_of(now),
                           .newest = safety_.newest(id),
                           .age_ms = safety_.newest_age_ms(id),
                           .output = safety_.output(),
                           .stopped = safety_.is_stopped(),
                           .driver = safety_.driver(),
                           .late = stats.late,
                           .stale = stats.stale}));
}

void ControlSession::settle(Timestamp now) {
  const SentState current{.driver = safety_.driver(),
                          .asking = safety_.pending_request(),
                          .stopped_by = safety_.stopped_by(),
                          .stopped = safety_.is_stopped(),
                          .limit = safety_.limit(),
                          .why = safety_.output().why};
  const bool why_changed = current.why != sent_.why;
  auto rest = sent_;
  rest.why = current.why;
  const bool rest_changed = !(rest == current);
  sent_ = current;
  for (auto& [id, viewer] : viewers_) {
    if (rest_changed) viewer.state_told = false;
    if (viewer.control_open && !viewer.state_told && now - viewer.state_at >= kStateSpacing) {
      tell_state(now, id, viewer);
    }
    // A page without its welcome is not ready for a status.
    if (!viewer.drive_open || !viewer.control_open) continue;
    if (why_changed || rest_changed) viewer.status_due = std::min(viewer.status_due, viewer.status_at + kStatusSpacing);
    if (viewer.status_due <= now) tell_status(now, id, viewer);
  }
  tell_telemetry(now);
}

Result<void> ControlSession::telemetry(Timestamp now, std::string_view data) {
  auto text = write_telemetry(safety::milliseconds_of(now), data);
  if (!text) return fail(text.error());
  if (!telemetry_.empty()) ++stats_.telemetry_skipped;
  telemetry_ = std::move(*text);
  settle(now);
  return {};
}

void ControlSession::tell_telemetry(Timestamp now) {
  if (telemetry_.empty() || telemetry_due_ > now) return;
  const bool is_small = telemetry_.size() <= kMaxDriveBytes;
  telemetry_due_ = now + (is_small ? config_.telemetry_interval : config_.large_telemetry_interval);
  for (const auto& [id, viewer] : viewers_) {
    if (viewer.drive_open && viewer.control_open) send(id, is_small ? Channel::drive : Channel::control, telemetry_);
  }
  telemetry_.clear();
}

}  // namespace rtcbot::control
