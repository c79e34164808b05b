#include "rtcbot-robot/flight_recorder.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::app {
namespace {

using std::chrono::seconds;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return "debug";
    case LogLevel::info: return "info";
    case LogLevel::warning: return "warning";
    case LogLevel::error: return "error";
  }
  return "";
}

Json json_of(const safety::Controls& controls) {
  const auto axes = controls.used();
  return {{"axes", Json(std::vector<double>(axes.begin(), axes.end()))},
          {"buttons", controls.buttons},
          {"mode", controls.mode}};
}

/// {"of": "event", "key": "viewer 7, lease", "count": 312, "last": "asks to drive"}: suppressed records.
void record_count(blackbox::BlackBox& box, std::string_view type, const LogRateLimiter::Summary& summary) {
  box.record("suppressed",
             {{"of", type}, {"key", summary.key}, {"count", summary.suppressed}, {"last", summary.sample}});
}

class OutputRecorder final : public safety::Sink {
 public:
  explicit OutputRecorder(std::shared_ptr<blackbox::BlackBox> box) : box_(std::move(box)) {}

  bool write(const safety::Output& output) override {
    const Timestamp now = runtime::now();
    while (const auto summary = sieve_.poll_summary(now)) record_count(*box_, "output", *summary);
    if (!sieve_.passes(now, output)) return true;
    Json data = json_of(output.controls);
    data.update({{"moving", output.moving()}, {"why", safety::name_of(output.why)}, {"speed", output.speed}});
    box_->record("output", std::move(data));
    return true;
  }
  [[nodiscard]] std::string name() const override { return "black box"; }

 private:
  const std::shared_ptr<blackbox::BlackBox> box_;
  OutputSieve sieve_;
};

Json json_of(std::optional<double> number) { return number ? Json(*number) : Json(); }

}  // namespace

FlightRecorder::FlightRecorder(const BlackBoxOptions& options, const std::string& robot, const LogSink& log)
    : has_video_(options.video) {
  box_ =
      value_or_throw(blackbox::BlackBox::open({.folder = options.folder, .max_bytes = options.max_bytes, .log = log}));
  box_->record("start", {{"robot", robot}, {"version", RTCBOT_VERSION}});
}

FlightRecorder::~FlightRecorder() {
  end_figures();
  report_counts(kNever);
  box_->record("end", Json::object());
}

LogSink FlightRecorder::log_beside(LogSink to) const {
  // Weak: the log lives until the program ends, and the box must be closed before.
  return [weak = std::weak_ptr(box_), limits = limits_, to = std::move(to)](const LogRecord& record) {
    if (to) to(record);
    if (record.level == LogLevel::debug) return;
    const auto box = weak.lock();
    const auto level = name_of(record.level);
    if (!box || !limits->allow_line(runtime::now(), record.room + ", " + std::string(level), record.message)) return;
    box->record("log", {{"level", level}, {"room", record.room}, {"message", record.message}});
  };
}

std::unique_ptr<safety::Sink> FlightRecorder::sink() const { return std::make_unique<OutputRecorder>(box_); }

std::function<void(const safety::Event&)> FlightRecorder::event_recorder() const {
  return [weak = std::weak_ptr(box_), limits = limits_](const safety::Event& event) {
    const auto box = weak.lock();
    if (!box || !limits->allow(runtime::now(), event)) return;
    box->record("event", {{"kind", safety::name_of(event.kind)},
                          {"viewer", event.viewer ? Json(event.viewer->value()) : Json()},
                          {"text", event.text}});
  };
}

std::function<void(const safety::CommandRecord&)> FlightRecorder::command_recorder() const {
  return [weak = std::weak_ptr(box_), limits = limits_](const safety::CommandRecord& command) {
    const auto box = weak.lock();
    if (!box || !limits->allow(runtime::now(), command)) return;
    Json data = json_of(command.controls);
    data.update({{"driver", command.driver.value()},
                 {"verdict", safety::name_of(command.disposition)},
                 {"age", json_of(command.age_ms)},
                 {"picture", json_of(command.picture_age_ms)}});
    box->record("command", std::move(data));
  };
}

void FlightRecorder::watch(std::function<Json()> figures, const Camera& camera) {
  if (has_video_) video_ = std::make_unique<blackbox::VideoRecord>(*box_, *camera.source());
  thread_ = std::thread([this, figures = std::move(figures)] { run(figures); });
}

void FlightRecorder::run(const std::function<Json()>& figures) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, seconds(1), [this] { return is_closed_; })) {
    lock.unlock();
    box_->record("stats", figures());
    report_counts(runtime::now());
    lock.lock();
  }
}

void FlightRecorder::report_counts(Timestamp now) const {
  limits_->report(now, [this](std::string_view type, const auto& summary) { record_count(*box_, type, summary); });
}

void FlightRecorder::end_figures() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_closed_, true)) return;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
  video_.reset();
}

Json FlightRecorder::figures() const {
  const auto stats = box_->stats();
  return {{"records", stats.records},           {"frames", stats.frames},
          {"dropped", stats.dropped},           {"suppressed", limits_->suppressed()},
          {"write_errors", stats.write_errors}, {"bytes_on_disk", stats.bytes_on_disk}};
}

}  // namespace rtcbot::app
