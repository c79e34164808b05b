#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "rtcbot-robot/black_box_options.hpp"
#include "rtcbot-robot/record_limits.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/blackbox/black_box.hpp"
#include "rtcbot/blackbox/video_record.hpp"
#include "rtcbot/rtcbot.hpp"
#include "rtcbot/safety/safety.hpp"
#include "rtcbot/safety/sink.hpp"

namespace rtcbot::app {

/// Records a robot program's run: start and end, log lines, events of driving, the driver's commands, the actuators'
/// outputs, statistics each second, and video if requested. Thread-safe.
class FlightRecorder {
 public:
  /// `log` gets the box's own messages.  @throws Error bad_config.
  FlightRecorder(const BlackBoxOptions& options, const std::string& robot, const LogSink& log);
  ~FlightRecorder();
  FlightRecorder(const FlightRecorder&) = delete;
  FlightRecorder& operator=(const FlightRecorder&) = delete;

  /// A sink that writes to `to` and to the box. May outlive this object.
  [[nodiscard]] LogSink log_beside(LogSink to) const;

  /// Records the outputs: each change, and once a second without a change. May outlive this object.
  [[nodiscard]] std::unique_ptr<safety::Sink> sink() const;

  /// Records the events of driving, limited for each viewer to a person's rate (`RecordLimits`). May outlive this
  /// object.
  [[nodiscard]] std::function<void(const safety::Event&)> event_recorder() const;

  /// Records the driver's commands: at most ten accepted ones a second, each change of their disposition, and one a
  /// second without a change. May outlive this object.
  [[nodiscard]] std::function<void(const safety::CommandRecord&)> command_recorder() const;

  /// Starts to record `figures` each second, on its own thread, and the camera's video, until `end_figures`.
  void watch(std::function<Json()> figures, const Camera& camera);
  /// After this returns `figures` and `camera` are not used. Later events are still recorded.
  void end_figures();

  [[nodiscard]] Json figures() const;

 private:
  void run(const std::function<Json()>& figures);
  void report_counts(Timestamp now) const;

  const bool has_video_;
  std::shared_ptr<blackbox::BlackBox> box_;
  const std::shared_ptr<RecordLimits> limits_ = std::make_shared<RecordLimits>();
  std::unique_ptr<blackbox::VideoRecord> video_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_closed_ = false;
  std::thread thread_;
};

}  // namespace rtcbot::app
