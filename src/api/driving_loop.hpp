#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "rtcbot/control/control_session.hpp"
#include "rtcbot/driving.hpp"
#include "rtcbot/runtime/inheriting_mutex.hpp"
#include "rtcbot/safety/actuator_watch.hpp"

namespace rtcbot {

/// The driving thread, which alone owns the session and the sinks. Inputs wait in bounded inboxes, one for each viewer,
/// so that one viewer's flood cannot drop another viewer's stop. Outputs to other threads are handed over without
/// waiting.
///
/// The thread shares nothing with others, because it has to stop the robot even if the rest of the process hangs.
/// Thread-safe.
class DrivingLoop {
 public:
  using ViewerId = control::ViewerId;

  /// Callbacks for the loop's results. Called on the driving thread; must not block.
  struct Callbacks {
    std::function<void(control::Message)> tell;
    std::function<void(safety::Event)> event;
    std::function<void(control::CameraRequest)> request;
    std::function<void(control::AudioRequest)> audio{};     ///< Optional; without it the viewers' sound requests are
                                                            ///< dropped.
    std::function<void(std::optional<ViewerId>)> driver{};  ///< The driver, at each change; optional.
    std::function<void(safety::CommandRecord)> command{};   ///< Each command of the driver; optional.
  };

  DrivingLoop(control::Config config, Callbacks callbacks);
  ~DrivingLoop();

  void add_sink(std::unique_ptr<safety::Sink> sink);
  void join(ViewerId viewer, bool may_drive);
  void leave(ViewerId viewer);
  void channel_open(ViewerId viewer, control::Channel channel);
  /// Parses the message on the caller's thread, so that a flood of long ones does not delay the driving thread.
  void message(ViewerId viewer, control::Channel channel, std::string_view text);
  void emergency_stop();
  void release();
  void set_local_stop(bool stopped);
  void set_cameras(std::vector<control::CameraStatus> cameras);
  void show_camera(ViewerId viewer, std::string camera);
  void telemetry(std::string text);

  [[nodiscard]] Driving::Stats stats() const;
  /// Writes a stop to the sinks, releases them, and ends the thread.
  void close();

 private:
  using Input = std::function<void(control::ControlSession&, Timestamp)>;
  struct Waiting {
    Input apply;
    bool lasts = false;
  };
  /// A message of a viewer, or the end of its connection. One queue holds both, so that the last messages come before
  /// the end.
  struct Arrived {
    Timestamp at{};
    ViewerId viewer{};
    std::optional<Result<control::PageMessage>> message{};  ///< Empty: the end.

    [[nodiscard]] bool is_stop() const { return message && *message && control::is_stop(**message); }
  };

  /// A sink, and whether it takes outputs.
  struct Actuator {
    std::unique_ptr<safety::Sink> sink;
    safety::ActuatorWatch watch;
    Timestamp retry_at = kNever;  ///< If it was behind: when it gets the newest output again.
  };

  /// @param lasts an emergency stop, which no other input may displace.
  void input(Input apply, bool lasts = false);
  void run();
  /// Takes the waiting inputs. Call with the mutex held.
  void collect();
  void act();
  void hear(const Arrived& arrived);
  /// Call after each input: the session keeps a bounded number of events, and the events of many viewers in one turn
  /// must not displace a stop.
  void take_events();
  /// Writes the output where it is due: to all actuators if it has changed or must be repeated, otherwise to those that
  /// were behind.
  void write_sinks();
  /// @param is_retry  not counted: the output was counted at its first attempt.
  void write(Actuator& actuator, bool is_retry);
  /// When `write_sinks` is next due without a change of the output.
  [[nodiscard]] Timestamp next_write() const;
  /// Notifies the session when an actuator fails or recovers.
  void watch_actuators(Timestamp now);
  void publish();
  void farewell();

  const Callbacks callbacks_;
  const Duration dead_man_;

  mutable runtime::InheritingMutex mutex_;
  runtime::InheritingCondition wake_;
  std::deque<Waiting> inputs_;            ///< From the program.
  std::deque<Arrived> arrived_;           ///< From viewers.
  std::optional<std::string> telemetry_;  ///< Only the newest, so that a flood of telemetry displaces nothing else.
  std::map<ViewerId, int> waiting_;       ///< How many of `arrived_` each viewer has.
  std::vector<std::unique_ptr<safety::Sink>> new_sinks_;
  std::int64_t messages_dropped_ = 0;
  Driving::Stats stats_;
  bool closing_ = false;

  // Owned by the driving thread.
  control::ControlSession session_;
  std::vector<Actuator> actuators_;
  bool actuators_work_ = true;
  std::deque<Waiting> taken_inputs_;
  std::deque<Arrived> taken_arrived_;
  std::optional<std::string> taken_telemetry_;
  std::vector<safety::Event> events_;
  std::map<ViewerId, bool> viewers_;
  safety::Output written_;
  std::optional<ViewerId> driver_told_;
  Timestamp write_due_{};
  Driving::Stats own_;

  std::thread thread_;
};

}  // namespace rtcbot
