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

/// What a robot program records: its begin and end, log lines, what happens in driving, what the driver wanted and the
/// actuators got, figures each second, and the video if asked for. Thread-safe.
class BlackBoxDesk {
 public:
  /// `log` hears what the box itself has to say.  @throws Error bad_config.
  BlackBoxDesk(const BlackBoxOptions& options, const std::string& robot, const LogSink& log);
  ~BlackBoxDesk();
  BlackBoxDesk(const BlackBoxDesk&) = delete;
  BlackBoxDesk& operator=(const BlackBoxDesk&) = delete;

  /// `to`, and the box beside it. May outlive this.
  [[nodiscard]] LogSink log_beside(LogSink to) const;

  /// Records what the actuators get: each change, and once a second what stays. May outlive this.
  [[nodiscard]] std::unique_ptr<safety::Sink> sink() const;

  /// Records what happens in driving, of each viewer as much as a person causes (`RecordLimits`). May outlive this.
  [[nodiscard]] std::function<void(const safety::Event&)> event_recorder() const;

  /// Records what the driver wanted: at most ten a second of those that were taken, each change of what becomes of
  /// them, and once a second what stays. May outlive this.
  [[nodiscard]] std::function<void(const safety::CommandRecord&)> command_recorder() const;

  /// Begins to record `figures` each second, on a thread of its own, and the camera's video, until `end_figures`.
  void watch(std::function<Json()> figures, const Camera& camera);
  /// After this neither is used any more. What happens afterwards is still recorded.
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
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace rtcbot::app
