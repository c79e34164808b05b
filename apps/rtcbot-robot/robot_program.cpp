#include "rtcbot-robot/robot_program.hpp"

#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot-robot/data_figures.hpp"
#include "rtcbot-robot/robot_stats.hpp"
#include "rtcbot/runtime/clock.hpp"
#include "rtcbot/runtime/stop_signal.hpp"

namespace rtcbot::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Interval of the simulated robot's telemetry.
constexpr milliseconds kTelemetryInterval{200};
/// Interval of the data use that pages get.
constexpr milliseconds kDataInterval{2'000};
/// Interval without periodic work, to log counts of suppressed lines.
constexpr milliseconds kIdleInterval{10'000};

/// For each state of a viewer's connection.
constexpr LogRateLimiter::Config kViewerLines{.rate = {.per_second = 1, .burst = 40}};

std::unique_ptr<Simulation> simulation_of(const RobotOptions& o) {
  if (!o.drive.is_simulated()) return nullptr;
  return std::make_unique<Simulation>(o.camera.width, o.camera.height, o.camera.frame_rate);
}

/// The cameras of --camera; the simulated robot's camera comes first.
Cameras cameras_of(const RobotOptions& o, const Simulation* simulation) {
  std::vector<Cameras::Named> cameras;
  auto words = o.cameras;
  if (simulation) {
    cameras.push_back({"simulation", simulation->camera()});
  } else if (words.empty()) {
    words = {"auto"};
  }
  for (const auto& each : value_or_throw(parse_cameras(words))) {
    auto options = o.camera;
    options.source = each.source;
    options.name = each.name;
    options.may_be_missing = true;
    cameras.push_back({each.name, Camera(options)});
  }
  return Cameras(std::move(cameras));
}

std::unique_ptr<DriveProgram> drive_of(const RobotOptions& o, const Cameras& cameras, Simulation* simulation,
                                       const LogSink& log) {
  if (!o.drive.is_driven()) return nullptr;
  return std::make_unique<DriveProgram>(o.drive, o.robot.name, cameras.names(), simulation, log);
}

Robot::Options robot_options_of(const RobotOptions& o, std::shared_ptr<EstimateFile> estimates) {
  auto options = o.robot;
  options.start_bitrate = [estimates = std::move(estimates)](DataRate configured) {
    return estimates->start(configured);
  };
  return options;
}

milliseconds stats_interval(const RobotOptions& o) {
  return milliseconds(static_cast<std::int64_t>(o.stats_every * 1000));
}

}  // namespace

RobotProgram::RobotProgram(const RobotOptions& options, FlightRecorder* box, const LogSink& log)
    : options_(options),
      box_(box),
      log_(log),
      estimates_(std::make_shared<EstimateFile>(options.rate_file, options.robot.name, options.server, log)),
      simulation_(simulation_of(options)),
      cameras_(cameras_of(options, simulation_.get())),
      drive_(drive_of(options, cameras_, simulation_.get(), log)),
      audio_(options.audio),
      viewers_log_(std::make_shared<runtime::LimitedLog>(log, LogLevel::info, "viewer", kViewerLines)),
      robot_(options.server, robot_options_of(options, estimates_)),
      out_(std::make_shared<LineWriter>(STDOUT_FILENO, log)),
      lines_(
          [this](const Json& line) {
            if (options_.messages) return robot_.put_nowait(line);
            drive_->tell(line);
          },
          [this](const actuator::TelemetryCounts& counts) {
            if (drive_) drive_->tell_faults(0, counts);
          },
          out_) {}

RobotProgram::~RobotProgram() { end_uses(); }

void RobotProgram::end_uses() {
  {
    const std::lock_guard lock(gate_->mutex);
    gate_->is_open = false;
  }
  if (drive_) drive_->close();
  if (box_ != nullptr) box_->end_figures();
  for (const auto& each : cameras_.all()) each.camera.on_state([](CameraState, const std::optional<Error>&) {});
  estimates_->stop();
}

void RobotProgram::connect_drive() {
  if (!drive_) return;
  drive_->driving().on_camera_request(guarded([this](std::int64_t viewer, const std::string& name) {
    if (cameras_.show(viewer, name)) drive_->driving().showing(viewer, name);
  }));
  if (box_ == nullptr) return;
  drive_->on_event(box_->event_recorder());
  drive_->driving().on_command(box_->command_recorder());
  drive_->driving().add_sink(box_->sink());
}

void RobotProgram::watch_cameras() {
  for (const auto& each : cameras_.all()) {
    each.camera.on_state(guarded([this, &each](CameraState state, const std::optional<Error>& reason) {
      on_camera_state(each, state, reason);
    }));
  }
}

void RobotProgram::on_camera_state(const Cameras::Named& camera, CameraState state,
                                   const std::optional<Error>& reason) {
  if (&camera == &cameras_.all().front()) robot_.set_camera_state(std::string(media::name_of(state)));
  if (!drive_) return;
  // Other reasons, with the names of users and GStreamer's words, are for the log alone.
  drive_->driving().set_camera_state(camera.name, state, state == CameraState::missing && reason ? reason->what() : "");
}

void RobotProgram::welcome(RTCConnection& viewer) {
  audio_.attach(viewer);
  cameras_.show_to(drive_ ? drive_->driving().attach(viewer) : 0, viewer);
  if (options_.messages) lines_.attach(viewer);
  viewer.on_state([log = viewers_log_](ConnectionState state, const std::optional<Error>& reason) {
    const std::string name(peer::name_of(state));
    log->write(runtime::now(), name,
               {LogLevel::info, "viewer", name + (reason ? std::string(": ") + reason->what() : "")});
  });
}

Json RobotProgram::stats() const {
  return robot_stats({.robot = robot_,
                      .camera = cameras_.first(),
                      .out = *out_,
                      .drive = drive_.get(),
                      .audio = audio_,
                      .box = box_,
                      .viewers_log = *viewers_log_});
}

milliseconds RobotProgram::pause() const {
  if (simulation_) return kTelemetryInterval;
  const auto next =
      std::min(drive_ ? data_due_ : TimePoint::max(), options_.stats_every > 0 ? stats_due_ : TimePoint::max());
  if (next == TimePoint::max()) return kIdleInterval;
  return std::max(std::chrono::ceil<milliseconds>(next - steady_clock::now()), milliseconds(1));
}

void RobotProgram::do_periodic_tasks() {
  const auto now = steady_clock::now();
  viewers_log_->flush(runtime::now());
  if (simulation_) drive_->tell(simulation_->telemetry());
  if (drive_ && now >= data_due_) {
    data_due_ = now + kDataInterval;
    if (const auto data = robot_.stats().data) drive_->tell(telemetry_of(*data));
  }
  if (options_.stats_every <= 0 || now < stats_due_ - milliseconds(1)) return;
  stats_due_ = now + stats_interval(options_);
  out_->write({{"stats", stats()}});
}

void RobotProgram::run() {
  connect_drive();
  watch_cameras();
  robot_.on_connection(guarded([this](RTCConnection& viewer) { welcome(viewer); }));
  const runtime::StopSignal stop;
  if (options_.robot.connection.relay_only && options_.common.turn.empty()) {
    log_({LogLevel::warning, "robot",
          "only TURN servers may be used, but --turn names none: viewers are refused unless the server names one"});
  }
  robot_.start();
  estimates_->watch(robot_);
  if (box_ != nullptr) box_->watch([this] { return stats(); }, cameras_.first());
  snapshots_.emplace(robot_, cameras_.first(), options_.snapshots);
  if (options_.messages || options_.drive.telemetry) lines_.start_reading();
  data_due_ = steady_clock::now();
  stats_due_ = data_due_ + stats_interval(options_);
  while (!stop.wait_for(pause())) do_periodic_tasks();
  log_({LogLevel::info, "robot", "stopping"});
  end_uses();
  robot_.close();
  viewers_log_->flush(kNever);
}

}  // namespace rtcbot::app
