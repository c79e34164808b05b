#include "rtcbot-robot/drive_program.hpp"

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "rtcbot-robot/telemetry_aggregator.hpp"
#include "rtcbot/actuator/sinks.hpp"
#include "rtcbot/runtime/state_file.hpp"
#include "rtcbot/runtime/whole_file.hpp"

namespace rtcbot::app {
namespace {

constexpr std::size_t kMaxTelemetryBytes = 15 * 1024;  // Together with its envelope this fits into a message.

Driving::Options options_of(const DriveOptions& options, std::vector<std::string> cameras, bool starts_stopped) {
  auto driving = value_or_throw(options.options());
  driving.cameras = std::move(cameras);
  driving.safety.starts_stopped = starts_stopped;
  return driving;
}

}  // namespace

/// The state that the sink got and the thread has to write.
struct StopFile::StopState {
  std::mutex mutex;
  std::condition_variable changed;
  bool stopped = false;
  bool is_closed = false;
};

StopFile::StopFile(const std::string& path, const std::string& robot, LogSink log)
    : log_(std::move(log)), state_(std::make_shared<StopState>()) {
  if (path == "none") return;
  path_ = path == "auto" ? runtime::state_file("stop", robot).string() : path;
  if (path_.empty()) {
    log_({LogLevel::warning, "driving",
          "neither XDG_STATE_HOME nor HOME names a folder: a latched emergency stop is forgotten when the program "
          "ends; name a file with --stop-file"});
    return;
  }
  std::error_code ignored;
  if (std::filesystem::exists(path_, ignored) && !std::filesystem::is_regular_file(path_, ignored)) {
    throw Error(Errc::bad_config, "--stop-file: '" + path_ + "' is not a file");
  }
  was_stopped_ = state_->stopped = read();
  thread_ = std::thread([this] { run(); });
}

StopFile::~StopFile() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_closed = true;
  }
  state_->changed.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool StopFile::read() const {
  std::error_code error;
  const bool exists = std::filesystem::exists(path_, error);
  if (!exists && !error) return false;  // The first run.
  const auto text = runtime::read_whole_file(path_);
  const Json state = text ? Json::parse(*text, nullptr, false) : Json();
  if (state.is_object() && state.contains("stopped") && state["stopped"].is_boolean()) return state["stopped"];
  log_({LogLevel::warning, "driving",
        "'" + path_ +
            "' cannot be read or is damaged; the emergency stop counts as latched until a driver releases it"});
  return true;
}

std::unique_ptr<safety::Sink> StopFile::sink() const {
  class StopRecorder : public safety::Sink {
   public:
    explicit StopRecorder(std::shared_ptr<StopState> state) : state_(std::move(state)) {}
    bool write(const safety::Output& output) override {
      // An emergency stop precedes all other reasons to stop.
      const bool stopped = output.why == safety::StopReason::emergency_stop;
      {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopped == stopped) return true;
        state_->stopped = stopped;
      }
      state_->changed.notify_all();
      return true;
    }
    [[nodiscard]] std::string name() const override { return "stop file"; }

   private:
    const std::shared_ptr<StopState> state_;
  };
  return std::make_unique<StopRecorder>(state_);
}

void StopFile::run() {
  bool kept = was_stopped_;
  // Writes immediately, so that a problem with the file is reported while somebody can repair it.
  write(kept);
  std::unique_lock lock(state_->mutex);
  while (true) {
    state_->changed.wait(lock, [&] { return state_->is_closed || state_->stopped != kept; });
    if (state_->stopped == kept) return;
    kept = state_->stopped;
    lock.unlock();
    write(kept);
    lock.lock();
  }
}

void StopFile::write(bool stopped) {
  const std::string text = Json{{"stopped", stopped}}.dump() + "\n";
  // First a write that survives a crash, which takes no time; then one that survives a power cut, which takes seconds
  // on a busy disk.
  if (runtime::write_whole_file(path_, text) && runtime::write_whole_file(path_, text, true)) return;
  if (std::exchange(has_warned_, true)) return;
  log_({LogLevel::warning, "driving",
        "'" + path_ + "' cannot be written: a latched emergency stop is forgotten when the program ends"});
}

/// The merged telemetry: the newest value of each name.
struct DriveProgram::SharedState {
  std::mutex mutex;
  TelemetryAggregator told{kMaxTelemetryBytes};
  std::map<std::size_t, actuator::TelemetryCounts> counts;  // by source
  std::vector<std::function<void(const safety::Event&)>> listeners;
  LogSink log;
  bool refused = false;
};

DriveProgram::DriveProgram(const DriveOptions& options, const std::string& robot, std::vector<std::string> cameras,
                           Simulation* simulation, const LogSink& log)
    : stop_file_(std::make_shared<StopFile>(options.stop_file, robot, log)),
      driving_(std::make_shared<Driving>(options_of(options, std::move(cameras), stop_file_->was_stopped()))),
      shared_(std::make_shared<SharedState>()) {
  shared_->log = log;
  std::size_t sources = 0;
  for (const auto& spec : options.drive) {
    if (spec == "sim") {
      driving_->add_sink(simulation->sink());
      continue;
    }
    actuator::SinkOptions sink;
    sink.log = log;
    sink.on_telemetry = [this](const Json& telemetry) { tell(telemetry); };
    sink.on_telemetry_faults = [this, source = ++sources](const actuator::TelemetryCounts& counts) {
      tell_faults(source, counts);
    };
    auto made = value_or_throw(actuator::parse_sink(spec, std::move(sink)));
    if (made) driving_->add_sink(std::move(made));
  }
  driving_->add_sink(stop_file_->sink());
  driving_->on_event([shared = shared_](const safety::Event& event) {
    for (const auto& listener : shared->listeners) listener(event);
  });
}

DriveProgram::~DriveProgram() { close(); }

void DriveProgram::close() { driving_->close(); }

void DriveProgram::on_event(std::function<void(const safety::Event&)> listener) {
  shared_->listeners.push_back(std::move(listener));
}

void DriveProgram::tell(const Json& telemetry) {
  Json all;
  {
    const std::lock_guard lock(shared_->mutex);
    all = shared_->told.tell(std::chrono::steady_clock::now(), telemetry);
  }
  const auto put = driving_->put_telemetry(all);
  if (put) return;
  const std::lock_guard lock(shared_->mutex);
  shared_->told.clear();
  if (std::exchange(shared_->refused, true)) return;
  shared_->log({LogLevel::warning, "driving", std::string("telemetry is not shown: ") + put.error().what()});
}

void DriveProgram::tell_faults(std::size_t source, const actuator::TelemetryCounts& counts) {
  std::int64_t faults = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->counts[source] = counts;
    for (const auto& each : shared_->counts) faults += each.second.faults();
  }
  tell({{"telemetry_errors", faults}});
}

Json DriveProgram::telemetry_figures() const {
  actuator::TelemetryCounts sum;
  const std::lock_guard lock(shared_->mutex);
  for (const auto& each : shared_->counts) sum += each.second;
  return {{"mended", sum.mended}, {"not_json", sum.not_json}, {"too_long", sum.too_long}, {"too_many", sum.too_many}};
}

Json DriveProgram::figures() const {
  const auto stats = driving_->stats();
  return {
      {"moving", stats.output.moving()},
      {"why", safety::name_of(stats.output.why)},
      {"speed", stats.output.speed},
      {"viewers", stats.viewers},
      {"driver", stats.driver ? Json(*stats.driver) : Json()},
      {"stopped", stats.stopped},
      {"commands", {{"taken", stats.taken}, {"late", stats.late}, {"stale", stats.stale}, {"unclear", stats.unclear}}},
      {"telemetry_errors", telemetry_figures()},
      {"bad_messages", stats.bad_messages},
      {"too_many", stats.too_many},
      {"not_told", stats.not_told},
      {"log_lines_suppressed", stats.log_lines_suppressed},
      {"writes", stats.writes},
      {"writes_failed", stats.writes_failed},
      {"longest_write_ms", stats.longest_write_ms},
      {"latest_wake_ms", stats.latest_wake_ms}};
}

}  // namespace rtcbot::app
