#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rtcbot/camera.hpp"
#include "rtcbot/json.hpp"
#include "rtcbot/rtc_connection.hpp"
#include "rtcbot/safety/safety.hpp"
#include "rtcbot/safety/sink.hpp"

namespace rtcbot {

/// The output for the actuators: axes from -1 to 1 and buttons, or a stop and its reason.
using DriveOutput = safety::Output;

/// Lets viewers drive, one at a time, and stops the robot automatically (docs/safety.md).
///
///     rtcbot::Driving driving;
///     driving.on_output([](const rtcbot::DriveOutput& out) {
///       motors.set(out.controls.axis[0], out.controls.axis[1]);
///     });
///     robot.on_connection([&](rtcbot::RTCConnection& viewer) { driving.attach(viewer); });
///
/// Decides and writes outputs on its own thread. That thread waits for no other part of the library, so the robot stops
/// on time even if connections, cameras or the program's callbacks hang. Thread-safe, except for the destructor.
class Driving {
 public:
  struct Options {
    safety::Config safety{};             ///< Limits and their defaults.
    std::vector<std::string> modes{};    ///< Names of the robot's modes that pages offer: "slow", "arm".
    std::vector<std::string> cameras{};  ///< Names that pages show; the first camera is shown first.
    bool listen = false;  ///< Viewers may listen: give each connection a microphone (`audio().put_subscription`).
    bool talk = false;    ///< Viewers that may drive may talk: give each connection a speaker (`audio().subscribe`).
  };

  struct Stats {
    DriveOutput output{};
    int viewers = 0;                                           ///< Attached and not yet closed.
    std::optional<std::int64_t> driver{};                      ///< The driver's viewer number.
    bool stopped = false;                                      ///< The emergency stop is latched.
    std::int64_t taken = 0, late = 0, stale = 0, unclear = 0;  ///< Commands of the viewers now attached.
    std::int64_t bad_messages = 0;                             ///< Messages that could not be parsed.
    std::int64_t too_many = 0;                                 ///< Dropped messages, beyond a person's rate.
    std::int64_t not_told = 0;                                 ///< Messages to viewers that could not be sent.
    std::int64_t log_lines_suppressed = 0;                     ///< Events beyond one viewer's limit for the log.
    std::int64_t writes = 0, writes_failed = 0;                ///< Of all sinks.
    double longest_write_ms = 0;  ///< More than a few ms: a callback blocks, which delays the stop.
    double latest_wake_ms = 0;    ///< Greatest delay of the thread's wake-up by the system.
  };

  Driving();
  /// @throws Error bad_config.
  explicit Driving(Options options);
  ~Driving();
  Driving(const Driving&) = delete;
  Driving& operator=(const Driving&) = delete;

  /// Calls `callback` with each output: at each change and at least every 100 ms, including stops. **On the driving
  /// thread: must not block.** May be called several times, for several actuators.
  void on_output(std::function<void(const DriveOutput&)> callback);
  /// Adds an actuator as an object; it gets the same outputs.
  void add_sink(std::unique_ptr<safety::Sink> sink);

  /// Lets this viewer drive if its credential permits that, and stop in any case. Call it before the connection is
  /// negotiated, as in `Robot::on_connection`. The viewer's lease ends with the connection. The connection's sound, if
  /// it has any, is off until the viewer asks for it.
  /// @return the viewer's number.
  std::int64_t attach(RTCConnection& connection);

  /// Calls `callback` with each event: changes of driver, of motion and of stops, with the reason. On the callback
  /// thread.
  void on_event(std::function<void(const safety::Event&)> callback);
  /// Calls `callback` with each command of the driver, 50 a second, and how it was handled, for a record. On the
  /// callback thread.
  void on_command(std::function<void(const safety::CommandRecord&)> callback);
  /// Called when a viewer wants to see another of `Options::cameras`. Show that camera, and confirm it by `showing`. On
  /// the callback thread.
  void on_camera_request(std::function<void(std::int64_t viewer, const std::string& camera)> callback);
  void showing(std::int64_t viewer, const std::string& camera);

  /// Reports a camera's state, with a reason that pages show. The robot is stopped while the camera that the driver
  /// sees is frozen, failed or missing.
  void set_camera_state(const std::string& camera, CameraState state, const std::string& reason = {});

  /// Sends values to all viewers, at most ten times a second; only the newest are sent.  Errors: bad_message, too_large
  /// (16 KiB).
  Result<void> put_telemetry(const Json& data);

  /// The stop is latched until a viewer that may drive releases it, or the program calls `release`.
  void emergency_stop();
  void release();
  /// Forbids motion for now, for example at a bumper or a charger. Not latched.
  void set_local_stop(bool stopped);

  [[nodiscard]] Stats stats() const;

  /// Stops, writes the stop to the sinks, and releases them. The destructor calls this too.
  void close();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
