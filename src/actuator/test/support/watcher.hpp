#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "rtcbot/actuator/output_line.hpp"
#include "rtcbot/actuator/sinks.hpp"

namespace rtcbot::actuator::testing {

/// A deadline that only a failing test reaches.
inline constexpr std::chrono::seconds kGenerous{20};

/// Records the log lines and telemetry of a sink, and waits for them. Thread-safe.
class Watcher {
 public:
  SinkOptions options() {
    return {.log = [this](const LogRecord& record) { add([&] { logs_.push_back(record.message); }); },
            .on_telemetry = [this](nlohmann::json value) { add([&] { told_.push_back(std::move(value)); }); },
            .on_telemetry_faults = [this](const TelemetryCounts& counts) { add([&] { faults_ = counts; }); }};
  }
  /// Waits for a log line that contains `text`.
  bool has_said(const std::string& text) {
    return holds([&] {
      return std::any_of(logs_.begin(), logs_.end(), [&](auto& line) { return line.find(text) != std::string::npos; });
    });
  }
  bool was_told(const nlohmann::json& value) {
    return holds([&] { return std::find(told_.begin(), told_.end(), value) != told_.end(); });
  }
  TelemetryCounts faults() {
    const std::lock_guard lock(mutex_);
    return faults_;
  }
  std::vector<std::string> logs() {
    const std::lock_guard lock(mutex_);
    return logs_;
  }

 private:
  void add(const std::function<void()>& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  bool holds(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kGenerous, condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> logs_;
  std::vector<nlohmann::json> told_;
  TelemetryCounts faults_;
};

/// Removes the times from lines of outputs.
inline std::string without_times(const std::string& lines) {
  static const std::regex time(",\"ms\":[0-9]+");
  return std::regex_replace(lines, time, "");
}
inline std::string line_without_time(const safety::Output& output) {
  return without_times(output_line(output, Timestamp()));
}

inline safety::Output forward(double speed = 1) {
  safety::Output output{.why = safety::StopReason::none, .speed = 1};
  output.controls.axis[1] = speed;
  return output;
}

inline safety::Output stop(safety::StopReason why = safety::StopReason::dead_man) { return {.why = why}; }

/// Polls `condition` until it is true, at most `kGenerous`.
inline bool until(const std::function<bool()>& condition) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto end = std::chrono::steady_clock::now() + kGenerous;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    never.wait_for(lock, std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace rtcbot::actuator::testing
