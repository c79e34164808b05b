#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "rtcbot-robot/audio_options.hpp"
#include "rtcbot-robot/cameras.hpp"
#include "rtcbot-robot/drive_program.hpp"
#include "rtcbot-robot/estimate_file.hpp"
#include "rtcbot-robot/flight_recorder.hpp"
#include "rtcbot-robot/line_writer.hpp"
#include "rtcbot-robot/messages.hpp"
#include "rtcbot-robot/robot_options.hpp"
#include "rtcbot-robot/simulation.hpp"
#include "rtcbot-robot/snapshots.hpp"
#include "rtcbot/rtcbot.hpp"
#include "rtcbot/runtime/limited_log.hpp"

namespace rtcbot::app {

/// The running program: a robot with its cameras, its motors and its messages. The members are in the order of their
/// life: a member uses only earlier ones.
class RobotProgram {
 public:
  /// `options` and `box` must live longer; `box` may be null.  Throws `Error`: bad_config, or the fault of a device.
  RobotProgram(const RobotOptions& options, FlightRecorder* box, const LogSink& log);
  /// Stops the motors first, because cameras, files and viewers may take a moment.
  ~RobotProgram();
  RobotProgram(const RobotProgram&) = delete;
  RobotProgram& operator=(const RobotProgram&) = delete;

  /// Runs until SIGINT or SIGTERM.
  void run();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// Whether callbacks may still use this object: some wait in the callback thread's queue when the program ends.
  struct Gate {
    std::mutex mutex;
    bool is_open = true;
  };
  /// A callback that does nothing after `end_uses`, which waits for one that runs.
  template <class Callback>
  [[nodiscard]] auto guarded(Callback callback) const {
    return [gate = gate_, callback = std::move(callback)](auto&&... arguments) {
      const std::lock_guard lock(gate->mutex);
      if (gate->is_open) callback(std::forward<decltype(arguments)>(arguments)...);
    };
  }

  void connect_drive();
  void watch_cameras();
  void on_camera_state(const Cameras::Named& camera, CameraState state, const std::optional<Error>& reason);
  void welcome(RTCConnection& viewer);
  /// Ends all uses of `robot_` on other threads, before it is destroyed.
  void end_uses();
  [[nodiscard]] Json stats() const;
  /// The time until the next periodic task.
  [[nodiscard]] std::chrono::milliseconds pause() const;
  void do_periodic_tasks();

  const std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  const RobotOptions& options_;
  FlightRecorder* const box_;
  const LogSink log_;
  const std::shared_ptr<EstimateFile> estimates_;
  const std::unique_ptr<Simulation> simulation_;  ///< Null for a real robot.
  Cameras cameras_;
  const std::unique_ptr<DriveProgram> drive_;  ///< Null if the robot cannot be driven.
  const AudioSetup audio_;
  const std::shared_ptr<runtime::LimitedLog> viewers_log_;  ///< Limited, because anybody may dial in repeatedly.
  Robot robot_;
  const std::shared_ptr<LineWriter> out_;
  MessageLines lines_;
  std::optional<Snapshots> snapshots_;
  TimePoint stats_due_{}, data_due_{};
};

}  // namespace rtcbot::app
