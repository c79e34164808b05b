#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "rtcbot-robot/drive_options.hpp"
#include "rtcbot-robot/simulation.hpp"
#include "rtcbot/actuator/telemetry.hpp"
#include "rtcbot/log.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// Whether the emergency stop is latched, kept over a restart of the program and a power cut.
///
/// It learns of it as an actuator does, on the driving thread, and writes on a thread of its own: neither a log that
/// nobody reads nor a disk that hangs keeps it from hearing, or the robot from stopping. Thread-safe.
class StopFile {
 public:
  /// `path`: a file, "auto" or "none".  @throws Error bad_config, when it is something else than a file.
  StopFile(const std::string& path, const std::string& robot, LogSink log);
  ~StopFile();
  StopFile(const StopFile&) = delete;
  StopFile& operator=(const StopFile&) = delete;

  /// Whether the stop was latched when the program ended. A file that cannot be read counts as one that says so: to
  /// stand is what a doubt allows.
  [[nodiscard]] bool was_stopped() const { return was_stopped_; }

  /// What tells it from now on; may outlive this.
  [[nodiscard]] std::unique_ptr<safety::Sink> sink() const;

 private:
  struct Heard;

  [[nodiscard]] bool read() const;
  void run();
  void write(bool stopped);

  std::string path_;
  LogSink log_;
  bool was_stopped_ = false;
  bool has_warned_ = false;
  std::shared_ptr<Heard> heard_;
  std::thread thread_;
};

/// A robot program's driving: its sinks, its telemetry, its simulation. Thread-safe.
class DriveDesk {
 public:
  /// `cameras`: the names that pages show.  @throws Error bad_config, bad_address.
  DriveDesk(const DriveOptions& options, const std::string& robot, std::vector<std::string> cameras,
            Simulation* simulation, const LogSink& log);
  ~DriveDesk();
  DriveDesk(const DriveDesk&) = delete;
  DriveDesk& operator=(const DriveDesk&) = delete;

  [[nodiscard]] Driving& driving() { return *driving_; }
  /// Told each event, on the callback thread. Several may listen; say so before the robot starts.
  void on_event(std::function<void(const safety::Event&)> listener);
  /// What is told by whoever tells something, under one roof: the newest of each name.
  void tell(const Json& telemetry);
  /// What became of what one source of telemetry told so far; pages see the sum of all faults as "telemetry_errors".
  /// @param source 0 is standard input, 1 and more are the sinks
  void tell_faults(std::size_t source, const actuator::TelemetryCounts& counts);
  /// For the line of figures.
  [[nodiscard]] Json figures() const;
  void close();

 private:
  struct Roof;
  [[nodiscard]] Json telemetry_figures() const;
  std::shared_ptr<StopFile> stop_file_;
  std::shared_ptr<Driving> driving_;
  std::shared_ptr<Roof> roof_;
};

}  // namespace rtcbot::app
