#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "rtcbot/control/desk.hpp"
#include "rtcbot/driving.hpp"
#include "rtcbot/runtime/inheriting_mutex.hpp"
#include "rtcbot/safety/actuator_watch.hpp"

namespace rtcbot {

/// The driving thread: it alone owns the desk and the sinks. What comes from elsewhere waits in bounded inboxes, one a
/// viewer, so that nobody's flood drops another's stop; what goes elsewhere is handed over without waiting.
///
/// Why a thread of its own that shares nothing: it has to stop the robot while everything else of the process hangs.
/// Thread-safe.
class DrivingLoop {
 public:
  using ViewerId = control::ViewerId;

  /// What the loop hands over. Called on the driving thread; must not block.
  struct Outlets {
    std::function<void(control::Message)> tell;
    std::function<void(safety::Event)> event;
    std::function<void(control::CameraRequest)> request;
    std::function<void(control::AudioRequest)> audio{};     ///< May be left out: what viewers want of sound is dropped.
    std::function<void(std::optional<ViewerId>)> driver{};  ///< Who drives, at each change; may be left out.
    std::function<void(safety::CommandRecord)> command{};   ///< Each of the driver's; may be left out.
  };

  DrivingLoop(control::Config config, Outlets outlets);
  ~DrivingLoop();

  void add_sink(std::unique_ptr<safety::Sink> sink);
  void join(ViewerId viewer, bool may_drive);
  void leave(ViewerId viewer);
  void channel_open(ViewerId viewer, control::Channel channel);
  void message(ViewerId viewer, control::Channel channel, std::string text);
  void emergency_stop();
  void release();
  void set_local_stop(bool stopped);
  void set_cameras(std::vector<control::CameraStatus> cameras);
  void show_camera(ViewerId viewer, std::string camera);
  void telemetry(std::string text);

  [[nodiscard]] Driving::Stats stats() const;
  /// Tells the sinks to stop, lets them go and ends the thread.
  void close();

 private:
  using Input = std::function<void(control::Desk&, Timestamp)>;
  struct Waiting {
    Input apply;
    bool lasts = false;
  };
  /// A viewer's message or, as last words come before it, its end.
  struct Arrived {
    Timestamp at{};
    ViewerId viewer{};
    control::Channel channel{};
    std::string text{};
    bool is_end = false;
  };

  /// Where outputs go, and whether they arrive.
  struct Actuator {
    std::unique_ptr<safety::Sink> sink;
    safety::ActuatorWatch watch;
  };

  /// @param lasts an emergency stop, which nothing else may push out.
  void input(Input apply, bool lasts = false);
  void run();
  /// Takes what has come in. Under the lock.
  void collect();
  void act();
  void hear(const Arrived& arrived);
  /// After each input: the desk keeps a bounded number, and what many viewers cause in one turn must not push out a
  /// stop.
  void take_events();
  void write_sinks();
  /// Tells the desk when an actuator is gone, or back.
  void watch_actuators(Timestamp now);
  void publish();
  void farewell();

  const Outlets outlets_;
  const Duration dead_man_;

  mutable runtime::InheritingMutex mutex_;
  runtime::InheritingCondition wake_;
  std::deque<Waiting> inputs_;            ///< Of the program's own.
  std::deque<Arrived> arrived_;           ///< Of viewers.
  std::optional<std::string> telemetry_;  ///< The newest alone, so that no flood of it drops anything else.
  std::map<ViewerId, int> waiting_;       ///< How many of `arrived_` are whose.
  std::vector<std::unique_ptr<safety::Sink>> new_sinks_;
  std::int64_t messages_dropped_ = 0;
  Driving::Stats stats_;
  bool closing_ = false;

  // The driving thread's own.
  control::Desk desk_;
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
