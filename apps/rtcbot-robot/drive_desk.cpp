#include "rtcbot-robot/drive_desk.hpp"

#include <fstream>
#include <utility>
#include <vector>

#include "rtcbot/actuator/sinks.hpp"
#include "rtcbot/runtime/state_file.hpp"
#include "rtcbot/runtime/whole_file.hpp"

namespace rtcbot::app {
namespace {

Driving::Options options_of(const DriveOptions& options, std::vector<std::string> cameras, bool starts_stopped) {
  auto driving = value_or_throw(options.options());
  driving.cameras = std::move(cameras);
  driving.safety.starts_stopped = starts_stopped;
  return driving;
}

}  // namespace

StopFile::StopFile(const std::string& path, const std::string& robot, LogSink log) : log_(std::move(log)) {
  if (path != "none") path_ = path == "auto" ? runtime::state_file("stop", robot).string() : path;
}

bool StopFile::was_stopped() const {
  if (path_.empty()) return false;
  std::ifstream file(path_);
  if (!file) return false;  // The first time.
  const Json state = Json::parse(file, nullptr, false);
  if (state.is_object() && state.contains("stopped") && state["stopped"].is_boolean()) return state["stopped"];
  log_({LogLevel::warning, "driving",
        "'" + path_ + "' makes no sense; the emergency stop counts as latched, and a driver has to release it"});
  return true;
}

void StopFile::keep(bool stopped) {
  const std::lock_guard lock(mutex_);
  if (path_.empty() || kept_ == stopped) return;
  kept_ = stopped;
  if (runtime::write_whole_file(path_, Json{{"stopped", stopped}}.dump() + "\n")) return;
  log_({LogLevel::warning, "driving",
        "'" + path_ + "' cannot be written: whether the emergency stop is latched is forgotten when the program ends"});
}

/// What was told, by name; the newest of each.
struct DriveDesk::Roof {
  std::mutex mutex;
  Json told = Json::object();
  std::vector<std::function<void(const safety::Event&)>> listeners;
  LogSink log;
  bool refused = false;
};

DriveDesk::DriveDesk(const DriveOptions& options, const std::string& robot, std::vector<std::string> cameras,
                     Simulation* simulation, const LogSink& log)
    : stop_file_(std::make_shared<StopFile>(options.stop_file, robot, log)),
      driving_(std::make_shared<Driving>(options_of(options, std::move(cameras), stop_file_->was_stopped()))),
      roof_(std::make_shared<Roof>()) {
  roof_->log = log;
  for (const auto& spec : options.drive) {
    if (spec == "sim") {
      driving_->add_sink(simulation->sink());
      continue;
    }
    actuator::SinkOptions sink;
    sink.log = log;
    sink.on_telemetry = [this](const Json& telemetry) { tell(telemetry); };
    auto made = value_or_throw(actuator::parse_sink(spec, std::move(sink)));
    if (made) driving_->add_sink(std::move(made));
  }
  on_event([file = stop_file_, weak = std::weak_ptr(driving_)](const safety::Event& event) {
    const auto driving = weak.lock();
    if (driving && event.kind == safety::Event::Kind::stop) file->keep(driving->stats().stopped);
  });
  driving_->on_event([roof = roof_](const safety::Event& event) {
    for (const auto& listener : roof->listeners) listener(event);
  });
}

DriveDesk::~DriveDesk() { close(); }

void DriveDesk::close() {
  stop_file_->keep(driving_->stats().stopped);
  driving_->close();
}

void DriveDesk::on_event(std::function<void(const safety::Event&)> listener) {
  roof_->listeners.push_back(std::move(listener));
}

void DriveDesk::tell(const Json& telemetry) {
  Json all;
  {
    const std::lock_guard lock(roof_->mutex);
    if (telemetry.is_object()) {
      roof_->told.update(telemetry);
    } else {
      roof_->told["value"] = telemetry;
    }
    all = roof_->told;
  }
  const auto put = driving_->put_telemetry(all);
  if (put || std::exchange(roof_->refused, true)) return;
  roof_->log({LogLevel::warning, "driving", std::string("telemetry is not shown: ") + put.error().what()});
}

Json DriveDesk::figures() const {
  const auto stats = driving_->stats();
  return {
      {"moving", stats.output.moving()},
      {"why", safety::name_of(stats.output.why)},
      {"speed", stats.output.speed},
      {"viewers", stats.viewers},
      {"driver", stats.driver ? Json(*stats.driver) : Json()},
      {"stopped", stats.stopped},
      {"commands", {{"taken", stats.taken}, {"late", stats.late}, {"stale", stats.stale}, {"unclear", stats.unclear}}},
      {"bad_messages", stats.bad_messages},
      {"too_many", stats.too_many},
      {"not_told", stats.not_told},
      {"writes", stats.writes},
      {"writes_failed", stats.writes_failed},
      {"longest_write_ms", stats.longest_write_ms},
      {"latest_wake_ms", stats.latest_wake_ms}};
}

}  // namespace rtcbot::app
