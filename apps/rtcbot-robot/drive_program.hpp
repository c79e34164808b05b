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

/// Stores whether the emergency stop is latched, so that this survives a restart of the program and a power cut.
///
/// Gets the state like an actuator, on the driving thread, and writes it on its own thread. So neither a blocked log
/// nor a disk that hangs delays the state or the robot's stop. Thread-safe.
class StopFile {
 public:
  /// `path`: a file, "auto" or "none".  @throws Error bad_config if it exists and is not a file.
  StopFile(const std::string& path, const std::string& robot, LogSink log);
  ~StopFile();
  StopFile(const StopFile&) = delete;
  StopFile& operator=(const StopFile&) = delete;

  /// True if the stop was latched when the program ended. Also true if the file cannot be read, because stopping is the
  /// safe choice.
  [[nodiscard]] bool was_stopped() const { return was_stopped_; }

  /// The sink that reports changes; may outlive this object.
  [[nodiscard]] std::unique_ptr<safety::Sink> sink() const;

 private:
  struct StopState;

  [[nodiscard]] bool read() const;
  void run();
  void write(bool stopped);

  std::string path_;
  LogSink log_;
  bool was_stopped_ = false;
  bool has_warned_ = false;
  std::shared_ptr<StopState> state_;
  std::thread thread_;
};

/// A robot program's driving: its sinks, its telemetry, its simulation. Thread-safe.
class DriveProgram {
 public:
  /// `cameras`: the names that pages show.  @throws Error bad_config, bad_address.
  DriveProgram(const DriveOptions& options, const std::string& robot, std::vector<std::string> cameras,
               Simulation* simulation, const LogSink& log);
  ~DriveProgram();
  DriveProgram(const DriveProgram&) = delete;
  DriveProgram& operator=(const DriveProgram&) = delete;

  [[nodiscard]] Driving& driving() { return *driving_; }
  /// Called with each event, on the callback thread. May be called several times, before the robot starts.
  void on_event(std::function<void(const safety::Event&)> listener);
  /// Merges telemetry of several sources: the newest value of each name.
  void tell(const Json& telemetry);
  /// Takes the counts of one source's telemetry so far; pages see the sum of all faults as "telemetry_errors".
  /// @param source 0 is standard input, 1 and more are the sinks
  void tell_faults(std::size_t source, const actuator::TelemetryCounts& counts);
  /// For the statistics line.
  [[nodiscard]] Json figures() const;
  void close();

 private:
  struct SharedState;
  [[nodiscard]] Json telemetry_figures() const;
  std::shared_ptr<StopFile> stop_file_;
  std::shared_ptr<Driving> driving_;
  std::shared_ptr<SharedState> shared_;
};

}  // namespace rtcbot::app
