#include "rtcbot-robot/black_box_desk.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace rtcbot::app {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

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

class OutputRecorder final : public safety::Sink {
 public:
  explicit OutputRecorder(std::shared_ptr<blackbox::BlackBox> box) : box_(std::move(box)) {}

  bool write(const safety::Output& output) override {
    const auto now = steady_clock::now();
    if (last_ == output && now < due_) return true;
    last_ = output;
    due_ = now + seconds(1);
    Json data = json_of(output.controls);
    data.update({{"moving", output.moving()}, {"why", safety::name_of(output.why)}, {"speed", output.speed}});
    box_->record("output", std::move(data));
    return true;
  }
  [[nodiscard]] std::string name() const override { return "black box"; }

 private:
  const std::shared_ptr<blackbox::BlackBox> box_;
  std::optional<safety::Output> last_;
  steady_clock::time_point due_{};
};

/// Which of fifty commands a second say something new.
class CommandSieve {
 public:
  [[nodiscard]] bool passes(const safety::JudgedCommand& command, steady_clock::time_point now) {
    const bool is_other = !last_ || last_->driver != command.driver || last_->verdict != command.verdict ||
                          last_->controls.is_neutral() != command.controls.is_neutral();
    const bool has_changed = last_ && last_->controls != command.controls;
    if (!is_other && now - at_ < (has_changed ? kMovingEvery : kStillEvery)) return false;
    last_ = command;
    at_ = now;
    return true;
  }

 private:
  static constexpr std::chrono::milliseconds kMovingEvery{100}, kStillEvery{1'000};

  std::optional<safety::JudgedCommand> last_;
  steady_clock::time_point at_{};
};

Json json_of(std::optional<double> number) { return number ? Json(*number) : Json(); }

}  // namespace

BlackBoxDesk::BlackBoxDesk(const BlackBoxOptions& options, const std::string& robot, const LogSink& log)
    : has_video_(options.video) {
  box_ = value_or_throw(
      blackbox::BlackBox::open({.folder = options.folder, .most_bytes = options.most_bytes, .log = log}));
  box_->record("start", {{"robot", robot}, {"version", RTCBOT_VERSION}});
}

BlackBoxDesk::~BlackBoxDesk() {
  end_figures();
  box_->record("end", Json::object());
}

LogSink BlackBoxDesk::log_beside(LogSink to) const {
  // Weak: a log lives as long as the program, and the box is written out before.
  return [weak = std::weak_ptr(box_), to = std::move(to)](const LogRecord& record) {
    if (to) to(record);
    if (record.level == LogLevel::debug) return;
    if (const auto box = weak.lock()) {
      box->record("log", {{"level", name_of(record.level)}, {"room", record.room}, {"message", record.message}});
    }
  };
}

std::unique_ptr<safety::Sink> BlackBoxDesk::sink() const { return std::make_unique<OutputRecorder>(box_); }

std::function<void(const safety::Event&)> BlackBoxDesk::event_recorder() const {
  return [weak = std::weak_ptr(box_)](const safety::Event& event) {
    const auto box = weak.lock();
    if (!box) return;
    box->record("event", {{"kind", safety::name_of(event.kind)},
                          {"viewer", event.viewer ? Json(event.viewer->value()) : Json()},
                          {"text", event.text}});
  };
}

std::function<void(const safety::JudgedCommand&)> BlackBoxDesk::command_recorder() const {
  return [weak = std::weak_ptr(box_), sieve = CommandSieve()](const safety::JudgedCommand& command) mutable {
    const auto box = weak.lock();
    if (!box || !sieve.passes(command, steady_clock::now())) return;
    Json data = json_of(command.controls);
    data.update({{"driver", command.driver.value()},
                 {"verdict", safety::name_of(command.verdict)},
                 {"age", json_of(command.age_ms)},
                 {"picture", json_of(command.picture_age_ms)}});
    box->record("command", std::move(data));
  };
}

void BlackBoxDesk::watch(std::function<Json()> figures, const Camera& camera) {
  if (has_video_) video_ = std::make_unique<blackbox::VideoRecord>(*box_, *camera.source());
  thread_ = std::thread([this, figures = std::move(figures)] { run(figures); });
}

void BlackBoxDesk::run(const std::function<Json()>& figures) {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, seconds(1), [this] { return is_over_; })) {
    lock.unlock();
    box_->record("stats", figures());
    lock.lock();
  }
}

void BlackBoxDesk::end_figures() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_over_, true)) return;
  }
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
  video_.reset();
}

Json BlackBoxDesk::figures() const {
  const auto stats = box_->stats();
  return {{"records", stats.records},
          {"frames", stats.frames},
          {"dropped", stats.dropped},
          {"write_errors", stats.write_errors},
          {"bytes_on_disk", stats.bytes_on_disk}};
}

}  // namespace rtcbot::app
