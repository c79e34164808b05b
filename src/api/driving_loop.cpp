#include "driving_loop.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot {
namespace {

using std::chrono::milliseconds;

/// Actuators get the output at least this often, even if it does not change.
constexpr Duration kRepeat = milliseconds(100);
/// An actuator that was behind gets the newest output again after this time.
constexpr Duration kRetry = milliseconds(10);
/// For one viewer: a second of commands, and some requests.
constexpr int kMaxWaiting = 64;
constexpr std::size_t kMaxInputs = 1'024;
/// At the end the stop is written this many times, with this pause between.
constexpr int kFarewells = 3;
constexpr milliseconds kFarewellPause{20};

/// Runs before cameras and encoders if the system permits it (root, or LimitRTPRIO of systemd). The thread needs only
/// microseconds, and any delay of it delays a stop. Without the permission the priority stays unchanged.
void ask_for_priority() {
  pthread_setname_np(pthread_self(), "rtcbot-driving");
  sched_param wanted{};
  wanted.sched_priority = 10;
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &wanted);
}

double milliseconds_in(Duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

}  // namespace

DrivingLoop::DrivingLoop(control::Config config, Callbacks callbacks)
    : callbacks_(std::move(callbacks)), dead_man_(config.safety.dead_man), session_(std::move(config)) {
  publish();
  thread_ = std::thread([this] {
    ask_for_priority();
    run();
  });
}

DrivingLoop::~DrivingLoop() { close(); }

void DrivingLoop::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void DrivingLoop::input(Input apply, bool lasts) {
  {
    const std::lock_guard lock(mutex_);
    // The loop takes the inputs within a fraction of a millisecond. More than this in one turn are repetitions.
    if (inputs_.size() >= kMaxInputs) {
      const auto oldest = std::find_if(inputs_.begin(), inputs_.end(), [](const Waiting& each) { return !each.lasts; });
      inputs_.erase(oldest == inputs_.end() ? inputs_.begin() : oldest);
    }
    inputs_.push_back({std::move(apply), lasts});
  }
  wake_.notify_one();
}

void DrivingLoop::add_sink(std::unique_ptr<safety::Sink> sink) {
  {
    const std::lock_guard lock(mutex_);
    new_sinks_.push_back(std::move(sink));
  }
  wake_.notify_one();
}

void DrivingLoop::join(ViewerId viewer, bool may_drive) {
  input([this, viewer, may_drive](control::ControlSession& session, Timestamp now) {
    viewers_[viewer] = may_drive;
    session.join(now, viewer, may_drive);
  });
}

void DrivingLoop::leave(ViewerId viewer) {
  {
    const std::lock_guard lock(mutex_);
    arrived_.push_back({.at = runtime::now(), .viewer = viewer});
  }
  wake_.notify_one();
}

void DrivingLoop::channel_open(ViewerId viewer, control::Channel channel) {
  input([viewer, channel](control::ControlSession& session, Timestamp now) {
    session.channel_open(now, viewer, channel);
  });
}

void DrivingLoop::message(ViewerId viewer, control::Channel channel, std::string_view text) {
  Arrived arrived{.at = runtime::now(), .viewer = viewer};
  arrived.message = control::parse_message(channel, text);
  {
    const std::lock_guard lock(mutex_);
    int& waiting = waiting_[viewer];
    if (waiting >= kMaxWaiting) {
      // Drops the same viewer's oldest message, because the newest counts. Drops a stop only if all others are stops
      // too.
      const auto oldest = [&](bool stops_too) {
        return std::find_if(arrived_.begin(), arrived_.end(), [&](const Arrived& each) {
          return each.viewer == viewer && each.message && (stops_too || !each.is_stop());
        });
      };
      auto dropped = oldest(false);
      if (dropped == arrived_.end()) dropped = oldest(true);
      arrived_.erase(dropped);
      --waiting;
      ++messages_dropped_;
    }
    ++waiting;
    arrived_.push_back(std::move(arrived));
  }
  wake_.notify_one();
}

void DrivingLoop::emergency_stop() {
  input([](control::ControlSession& session, Timestamp now) { session.stop(now); }, true);
}

void DrivingLoop::release() {
  input([](control::ControlSession& session, Timestamp now) { session.release(now); });
}

void DrivingLoop::set_local_stop(bool stopped) {
  input([stopped](control::ControlSession& session, Timestamp now) { session.set_local_stop(now, stopped); });
}

void DrivingLoop::set_cameras(std::vector<control::CameraStatus> cameras) {
  input([cameras = std::move(cameras)](control::ControlSession& session, Timestamp now) {
    session.set_cameras(now, cameras);
  });
}

void DrivingLoop::show_camera(ViewerId viewer, std::string camera) {
  input([viewer, camera = std::move(camera)](control::ControlSession& session, Timestamp now) {
    session.show_camera(now, viewer, camera);
  });
}

void DrivingLoop::telemetry(std::string text) {
  {
    const std::lock_guard lock(mutex_);
    telemetry_ = std::move(text);
  }
  wake_.notify_one();
}

Driving::Stats DrivingLoop::stats() const {
  const std::lock_guard lock(mutex_);
  Driving::Stats stats = stats_;
  stats.too_many += messages_dropped_;
  return stats;
}

void DrivingLoop::collect() {
  taken_inputs_.swap(inputs_);
  taken_arrived_.swap(arrived_);
  taken_telemetry_.swap(telemetry_);
  waiting_.clear();
  for (auto& sink : new_sinks_) {
    actuators_.push_back({.sink = std::move(sink), .watch = safety::ActuatorWatch(dead_man_)});
    write_due_ = Timestamp();
  }
  new_sinks_.clear();
}

void DrivingLoop::run() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    const Timestamp due = std::min(session_.next_timeout(), next_write());
    const bool is_idle = inputs_.empty() && arrived_.empty() && new_sinks_.empty() && !telemetry_;
    if (is_idle && due > runtime::now()) {
      wake_.wait_until(lock, due);
      const Timestamp now = runtime::now();
      if (now > due) own_.latest_wake_ms = std::max(own_.latest_wake_ms, milliseconds_in(now - due));
    }
    if (closing_) break;
    collect();
    lock.unlock();
    act();
    lock.lock();
  }
  lock.unlock();
  farewell();
}

void DrivingLoop::act() {
  // Handle messages before time-outs, each at its time of arrival: a message that arrived before a limit expired is in
  // time.
  for (auto& each : std::exchange(taken_inputs_, {})) {
    each.apply(session_, runtime::now());
    take_events();
  }
  for (const auto& each : std::exchange(taken_arrived_, {})) {
    hear(each);
    take_events();
  }
  // `put_telemetry` has already reported errors in it.
  if (const auto text = std::exchange(taken_telemetry_, {})) (void)session_.telemetry(runtime::now(), *text);
  session_.handle_timeout(runtime::now());
  write_sinks();
  {
    // Before the messages go out: a recipient that reads the statistics after a stop must not see motion.
    const std::lock_guard lock(mutex_);
    publish();
  }
  while (auto message = session_.poll_message()) callbacks_.tell(std::move(*message));
  take_events();
  for (auto& event : std::exchange(events_, {})) callbacks_.event(std::move(event));
  while (auto command = session_.poll_command()) {
    if (callbacks_.command) callbacks_.command(std::move(*command));
  }
  while (auto request = session_.poll_camera_request()) callbacks_.request(std::move(*request));
  while (const auto request = session_.poll_audio_request()) {
    if (callbacks_.audio) callbacks_.audio(*request);
  }
  const auto driver = session_.safety().driver();
  if (std::exchange(driver_told_, driver) != driver && callbacks_.driver) callbacks_.driver(driver);
}

void DrivingLoop::take_events() {
  while (auto event = session_.poll_event()) events_.push_back(std::move(*event));
}

void DrivingLoop::hear(const Arrived& arrived) {
  if (arrived.message) return session_.message(arrived.at, arrived.viewer, *arrived.message);
  viewers_.erase(arrived.viewer);
  session_.leave(arrived.at, arrived.viewer);
}

Timestamp DrivingLoop::next_write() const {
  Timestamp next = write_due_;
  for (const Actuator& actuator : actuators_) next = std::min(next, actuator.retry_at);
  return next;
}

void DrivingLoop::write_sinks() {
  const Timestamp now = runtime::now();
  const bool is_for_all = session_.output() != written_ || now >= write_due_;
  if (!is_for_all && now < next_write()) return;
  if (is_for_all) {
    written_ = session_.output();
    write_due_ = now + kRepeat;
  }
  for (Actuator& actuator : actuators_) {
    if (is_for_all || now >= actuator.retry_at) write(actuator, !is_for_all);
  }
  watch_actuators(now);
}

void DrivingLoop::write(Actuator& actuator, bool is_retry) {
  const Timestamp before = runtime::now();
  const bool taken = actuator.sink->write(written_);
  if (!is_retry) ++own_.writes;
  if (!is_retry && !taken) ++own_.writes_failed;
  actuator.retry_at = !taken && actuator.sink->is_behind() ? before + kRetry : kNever;
  actuator.watch.on_write(before, taken);
  own_.longest_write_ms = std::max(own_.longest_write_ms, milliseconds_in(runtime::now() - before));
}

void DrivingLoop::watch_actuators(Timestamp now) {
  const auto works = [](const Actuator& actuator) { return actuator.watch.works(); };
  const bool work = std::all_of(actuators_.begin(), actuators_.end(), works);
  if (work == actuators_work_) return;
  actuators_work_ = work;
  session_.set_actuators_work(now, work);
  write_due_ = now;  // Write the resulting stop to the other actuators immediately.
}

void DrivingLoop::publish() {
  Driving::Stats stats = own_;
  stats.output = session_.output();
  stats.viewers = static_cast<int>(viewers_.size());
  if (const auto driver = session_.safety().driver()) stats.driver = static_cast<std::int64_t>(driver->value());
  stats.stopped = session_.safety().is_stopped();
  for (const auto& [viewer, may_drive] : viewers_) {
    const auto counts = session_.safety().counts(viewer);
    stats.taken += counts.taken;
    stats.late += counts.late;
    stats.stale += counts.stale;
    stats.unclear += counts.unclear;
  }
  stats.bad_messages = session_.stats().bad_messages;
  stats.too_many = session_.stats().too_many;
  stats_ = std::move(stats);
}

void DrivingLoop::farewell() {
  session_.set_local_stop(runtime::now(), true);
  for (int i = 0; i < kFarewells && !actuators_.empty(); ++i) {
    if (i > 0) std::this_thread::sleep_for(kFarewellPause);
    for (const Actuator& actuator : actuators_) actuator.sink->write(session_.output());
  }
  actuators_.clear();
  const std::lock_guard lock(mutex_);
  publish();
}

}  // namespace rtcbot
