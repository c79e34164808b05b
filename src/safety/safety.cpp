#include "rtcbot/safety/safety.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::safety {
namespace {

/// Limit of unpolled events; more than a burst of requests from all viewers.
constexpr std::size_t kMaxEvents = 256;
constexpr std::size_t kMaxCommands = 64;

using Disposition = CommandRecord::Disposition;

std::string milliseconds_text(std::chrono::milliseconds time) { return std::to_string(time.count()) + " ms"; }

/// The text for the log; the driver's page has its own.
std::string sentence_for(StopReason why, const Config& config) {
  switch (why) {
    case StopReason::none: return "moves as the driver commands";
    case StopReason::no_driver: return "stopped: nobody drives";
    case StopReason::emergency_stop: return "stopped: emergency stop";
    case StopReason::dead_man:
      return "stopped: no fresh command from the driver for " + milliseconds_text(config.dead_man);
    case StopReason::clock_unsynchronized: return "stopped: the age of the driver's commands is unknown";
    case StopReason::neutral_required: return "stopped: all controls must be released first";
    case StopReason::stale_video:
      return "stopped: the driver's picture is missing or older than " + milliseconds_text(config.stale_picture);
    case StopReason::camera_failed: return "stopped: the camera has failed";
    case StopReason::local: return "stopped: held by the robot's own program";
    case StopReason::actuator_failed: return "stopped: the actuator accepts no outputs";
  }
  return "";
}

}  // namespace

std::string_view name_of(Event::Kind kind) {
  switch (kind) {
    case Event::Kind::output: return "output";
    case Event::Kind::lease: return "lease";
    case Event::Kind::stop: return "stop";
    case Event::Kind::limit: return "limit";
    case Event::Kind::clock: return "clock";
  }
  return "";
}

std::string_view name_of(Disposition disposition) {
  switch (disposition) {
    case Disposition::accepted: return "taken";
    case Disposition::out_of_order: return "late";
    case Disposition::stale: return "stale";
    case Disposition::unsynchronized: return "unclear";
    case Disposition::not_driver: return "not_driver";
  }
  return "";
}

Safety::Safety(Config config)
    : config_(config), lease_(config.silent_driver), speed_(config.speed), stopped_(config.starts_stopped) {
  output_.why = why_not();
}

void Safety::join(Timestamp now, ViewerId viewer, bool may_drive) {
  viewers_.try_emplace(viewer, Viewer{.may_drive = may_drive});
  pass(now);
}

void Safety::leave(Timestamp now, ViewerId viewer) {
  const auto before = lease_.driver();
  viewers_.erase(viewer);
  pass(now, viewer);
  lease_.leave(now_, viewer);
  lease_changed(before, viewer, "left");
}

bool Safety::may_drive(ViewerId viewer) const {
  const auto found = viewers_.find(viewer);
  return found != viewers_.end() && found->second.may_drive;
}

CommandRecord Safety::judge(ViewerId id, Viewer& viewer, const Command& command) {
  CommandRecord judged{.driver = id, .picture_age_ms = command.picture_age_ms, .controls = command.controls};
  const auto is = [&judged](Disposition disposition, std::int64_t& count) {
    ++count;
    judged.disposition = disposition;
    return judged;
  };
  if (command.number <= viewer.seen) return is(Disposition::out_of_order, viewer.counts.late);
  viewer.seen = command.number;
  const auto steps = viewer.clock.steps();
  const bool was_possible = viewer.clock.on_exchange(
      now_, {.page_ms = command.page_ms, .heard_ms = command.heard_ms, .held_ms = command.held_ms});
  judged.age_ms = viewer.clock.age_ms(now_, command.page_ms);
  const auto error = viewer.clock.uncertainty_ms(now_);
  if (lease_.driver() != id) return is(Disposition::not_driver, viewer.counts.not_driver);
  if (viewer.clock.steps() != steps) tell(Event::Kind::clock, id, "the clock of the driver's page jumped");
  const auto limit = static_cast<double>(config_.stale_command.count());
  clocks_unknown_ = !was_possible || !judged.age_ms || !error || !(*error <= limit / 2);
  if (clocks_unknown_) return is(Disposition::unsynchronized, viewer.counts.unclear);
  if (!(*judged.age_ms <= limit)) return is(Disposition::stale, viewer.counts.stale);
  return is(Disposition::accepted, viewer.counts.taken);
}

void Safety::hold(Viewer& viewer, std::uint64_t number, const CommandRecord& command) {
  viewer.taken = number;
  viewer.age_ms = command.age_ms;
  lease_.heard(now_);
  newest_ = {.at = now_,
             .age_ms = command.age_ms.value_or(0),
             .picture_age_ms = command.picture_age_ms,
             .controls = command.controls};
  if (command.controls.is_neutral()) armed_ = true;
  (void)speed_.update(now_, newest_->age_ms + newest_->picture_age_ms.value_or(0));
}

void Safety::command(Timestamp now, ViewerId id, const Command& command) {
  pass(now, id);
  const auto found = viewers_.find(id);
  if (found == viewers_.end()) return;
  CommandRecord judged = judge(id, found->second, command);
  if (judged.disposition == Disposition::accepted) hold(found->second, command.number, judged);
  if (lease_.driver() == id) {
    if (commands_.size() >= kMaxCommands) commands_.pop_front();
    commands_.push_back(std::move(judged));
  }
  settle();
}

void Safety::stop(Timestamp now, std::optional<ViewerId> by) {
  pass(now, by);
  if (!std::exchange(stopped_, true)) {
    stopped_by_ = by;
    tell(Event::Kind::stop, by, "emergency stop");
  }
  settle();
}

void Safety::stop_message(Timestamp now, ViewerId by, std::uint64_t number) {
  const auto found = viewers_.find(by);
  if (found == viewers_.end()) return pass(now);
  found->second.seen = std::max(found->second.seen, number);
  if (number <= found->second.stopped_to) return pass(now);
  stop(now, by);
}

Outcome Safety::release_stop(Timestamp now, std::optional<ViewerId> by) {
  pass(now, by);
  if (by && !may_drive(*by)) return Outcome::may_not_drive;
  if (std::exchange(stopped_, false)) {
    stopped_by_.reset();
    for (auto& [id, viewer] : viewers_) viewer.stopped_to = viewer.seen;
    tell(Event::Kind::stop, by, "the emergency stop was released");
  }
  settle();
  return Outcome::done;
}

Outcome Safety::request(Timestamp now, ViewerId viewer) {
  pass(now, viewer);
  if (!may_drive(viewer)) return Outcome::may_not_drive;
  const auto before = lease_.driver();
  const auto outcome = lease_.request(now_, viewer);
  if (outcome == Outcome::asked) tell(Event::Kind::lease, viewer, "asks to drive");
  lease_changed(before, viewer, "took the controls");
  return outcome;
}

Outcome Safety::release_lease(Timestamp now, ViewerId viewer) {
  pass(now, viewer);
  const auto before = lease_.driver();
  const auto outcome = lease_.release(now_, viewer);
  lease_changed(before, viewer, "released the controls");
  return outcome;
}

Outcome Safety::hand_over(Timestamp now, ViewerId viewer) {
  pass(now, viewer);
  const auto before = lease_.driver();
  const auto outcome = lease_.hand_over(now_, viewer);
  lease_changed(before, viewer, "handed over the controls");
  return outcome;
}

Outcome Safety::deny(Timestamp now, ViewerId viewer) {
  pass(now, viewer);
  const auto outcome = lease_.deny(viewer);
  if (outcome == Outcome::done) tell(Event::Kind::lease, viewer, "does not hand over the controls");
  return outcome;
}

Outcome Safety::limit(Timestamp now, ViewerId viewer, double share) {
  pass(now, viewer);
  if (lease_.driver() != viewer) return Outcome::not_driver;
  limit_ = share >= 0 ? std::min(share, 1.0) : 0;
  tell(Event::Kind::limit, viewer, "the driver's speed limit is " + std::to_string(limit_));
  settle();
  return Outcome::done;
}

void Safety::set_camera_works(Timestamp now, bool works) {
  camera_works_ = works;
  pass(now);
}

void Safety::set_local_stop(Timestamp now, bool stopped) {
  pass(now);
  local_stop_ = stopped;
  settle();
}

void Safety::set_actuators_work(Timestamp now, bool work) {
  pass(now);
  actuators_work_ = work;
  settle();
}

void Safety::handle_timeout(Timestamp now) { pass(now); }

void Safety::pass(Timestamp now, std::optional<ViewerId> cause) {
  now_ = std::max(now_, now);
  cause_ = lease_.driver();
  if (newest_ && now_ - newest_->at >= config_.dead_man) disarm();
  settle();
  cause_ = cause;
}

void Safety::disarm() {
  newest_.reset();
  armed_ = false;
  speed_.reset();
}

std::optional<double> Safety::picture_age_ms() const {
  if (!newest_ || !newest_->picture_age_ms) return std::nullopt;
  const std::chrono::duration<double, std::milli> since = now_ - newest_->at;
  return *newest_->picture_age_ms + newest_->age_ms + since.count();
}

bool Safety::picture_is_stale() const {
  if (config_.stale_picture.count() == 0) return false;
  const auto age = picture_age_ms();
  return !age || !(*age < static_cast<double>(config_.stale_picture.count()));
}

StopReason Safety::why_not() const {
  if (stopped_) return StopReason::emergency_stop;
  if (local_stop_) return StopReason::local;
  if (!lease_.driver()) return StopReason::no_driver;
  if (!actuators_work_) return StopReason::actuator_failed;
  if (!camera_works_ && config_.stale_picture.count() != 0) return StopReason::camera_failed;
  if (!newest_) return clocks_unknown_ ? StopReason::clock_unsynchronized : StopReason::dead_man;
  if (picture_is_stale()) return StopReason::stale_video;
  if (!armed_) return StopReason::neutral_required;
  return StopReason::none;
}

void Safety::settle() {
  Output next;
  next.why = why_not();
  // Stick positions at the end of any stop are stale, so require neutral.
  if (next.why != StopReason::none) armed_ = false;
  if (next.moving()) {
    next.speed = limit_ * speed_.share();
    next.controls = newest_->controls;
    for (std::size_t i = 0; i < next.controls.axes; ++i) {
      if (config_.scaled_axes[i]) next.controls.axis[i] *= next.speed;
    }
  } else if (newest_) {
    next.controls.axes = newest_->controls.axes;
  }
  if (next.why != output_.why) tell(Event::Kind::output, lease_.driver(), sentence_for(next.why, config_));
  output_ = std::move(next);
}

void Safety::lease_changed(std::optional<ViewerId> before, std::optional<ViewerId> by, const std::string& how) {
  if (lease_.driver() != before) {
    disarm();
    clocks_unknown_ = false;
    push({.kind = Event::Kind::lease,
          .viewer = by,
          .text = how + (lease_.driver() ? "; viewer " + std::to_string(lease_.driver()->value()) + " drives"
                                         : std::string("; nobody drives")),
          .changes_driver = true});
  }
  settle();
}

Timestamp Safety::next_timeout() const {
  if (!newest_) return kNever;
  Timestamp next = newest_->at + config_.dead_man;
  if (output_.moving() && config_.stale_picture.count() != 0) {
    const double left = static_cast<double>(config_.stale_picture.count()) - picture_age_ms().value_or(0);
    next = std::min(next, now_ + Duration(static_cast<Duration::rep>(std::max(left, 0.0) * 1000) + 1));
  }
  return next;
}

CommandCounts Safety::counts(ViewerId viewer) const {
  const auto found = viewers_.find(viewer);
  return found == viewers_.end() ? CommandCounts() : found->second.counts;
}

std::uint64_t Safety::newest(ViewerId viewer) const {
  const auto found = viewers_.find(viewer);
  return found == viewers_.end() ? 0 : found->second.taken;
}

std::optional<double> Safety::newest_age_ms(ViewerId viewer) const {
  const auto found = viewers_.find(viewer);
  return found == viewers_.end() ? std::nullopt : found->second.age_ms;
}

void Safety::tell(Event::Kind kind, std::optional<ViewerId> viewer, std::string text) {
  push({.kind = kind, .viewer = viewer, .text = std::move(text)});
}

void Safety::push(Event event) {
  event.cause = cause_;
  if (events_.size() == kMaxEvents) events_.pop_front();
  events_.push_back(std::move(event));
}

std::optional<CommandRecord> Safety::poll_command() {
  if (commands_.empty()) return std::nullopt;
  CommandRecord command = std::move(commands_.front());
  commands_.pop_front();
  return command;
}

std::optional<Event> Safety::poll_event() {
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

}  // namespace rtcbot::safety
