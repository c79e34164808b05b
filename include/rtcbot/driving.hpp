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

/// What the actuators get: axes from -1 to 1, buttons, or a stop and its reason.
using DriveOutput = safety::Output;

/// Lets viewers drive, one at a time, and stops by itself (docs/safety.md).
///
///     rtcbot::Driving driving;
///     driving.on_output([](const rtcbot::DriveOutput& out) { motors.set(out.controls.axis[0], out.controls.axis[1]);
///     }); robot.on_connection([&](rtcbot::RTCConnection& viewer) { driving.attach(viewer); });
///
/// It decides and writes on a thread of its own, which waits for nothing else of the library: it stops on time though
/// connections, cameras or your call-backs hang. Thread-safe, but for the destructor.
class Driving {
 public:
  struct Options {
    safety::Config safety{};             ///< Limits and their defaults.
    std::vector<std::string> modes{};    ///< The robot's own, for pages to choose from: "slow", "arm".
    std::vector<std::string> cameras{};  ///< Names, as pages show them, the first one first.
    bool listen = false;  ///< Viewers may listen: each connection was given a microphone (`audio().put_subscription`).
    bool talk = false;    ///< Who may drive may talk: each connection was given a speaker (`audio().subscribe`).
  };

  struct Stats {
    DriveOutput output{};
    int viewers = 0;                                           ///< Attached and not ended.
    std::optional<std::int64_t> driver{};                      ///< A viewer's number.
    bool stopped = false;                                      ///< The emergency stop is latched.
    std::int64_t taken = 0, late = 0, stale = 0, unclear = 0;  ///< Commands of those who are here.
    std::int64_t bad_messages = 0;                             ///< Not understood.
    std::int64_t too_many = 0;                                 ///< Messages beyond what a person makes; dropped.
    std::int64_t not_told = 0;                                 ///< Messages to viewers that could not be sent.
    std::int64_t log_lines_suppressed = 0;                     ///< Events beyond what one viewer may have logged.
    std::int64_t writes = 0, writes_failed = 0;                ///< To all sinks.
    double longest_write_ms = 0;  ///< Over a few ms your call-back blocks, which delays the stop.
    double latest_wake_ms = 0;    ///< By how much the system woke the thread too late, at worst.
  };

  Driving();
  /// @throws Error bad_config.
  explicit Driving(Options options);
  ~Driving();
  Driving(const Driving&) = delete;
  Driving& operator=(const Driving&) = delete;

  /// Called with each output: at each change and at least every 100 ms, stops too. **On the driving thread: must not
  /// block.** Callable several times, for several actuators.
  void on_output(std::function<void(const DriveOutput&)> callback);
  /// The same for an actuator as an object.
  void add_sink(std::unique_ptr<safety::Sink> sink);

  /// This viewer may drive, if its credential lets it, and may stop in any case. Call before it is negotiated, as in
  /// `Robot::on_connection`. Its lease ends with the connection. Its sound, if it has any, is off until it asks.
  /// @return the viewer's number.
  std::int64_t attach(RTCConnection& connection);

  /// Told each event: who drives, what moves and stops and why. On the callback thread.
  void on_event(std::function<void(const safety::Event&)> callback);
  /// Told each command of the driver's, fifty a second, and what became of it: for a record. On the callback thread.
  void on_command(std::function<void(const safety::CommandRecord&)> callback);
  /// A viewer wants to see another of `Options::cameras`; show it, and say so by `showing`. On the callback thread.
  void on_camera_request(std::function<void(std::int64_t viewer, const std::string& camera)> callback);
  void showing(std::int64_t viewer, const std::string& camera);

  /// What a camera is doing. While the one that the driver is shown is frozen or fails, the robot stands.
  void set_camera_state(const std::string& camera, CameraState state);

  /// To all viewers, ten times a second at most; the newest counts.  Errors: bad_message, too_large (16 KiB).
  Result<void> put_telemetry(const Json& data);

  /// Latched until a viewer who may drive releases it, or `release`.
  void emergency_stop();
  void release();
  /// Forbids to move for now: a bumper, a charger.
  void set_local_stop(bool stopped);

  [[nodiscard]] Stats stats() const;

  /// Stops, tells the sinks so, and lets them go. The destructor does it, too.
  void close();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rtcbot
