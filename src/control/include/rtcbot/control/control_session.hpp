#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/token_bucket.hpp"
#include "rtcbot/control/message.hpp"
#include "rtcbot/safety/safety.hpp"

namespace rtcbot::control {

struct Config {
  safety::Config safety{};
  std::vector<std::string> modes{};                         ///< Sent to pages.
  AudioWays audio{};                                        ///< The robot's audio devices.
  std::chrono::milliseconds driver_status{100};             ///< Interval of statuses to the driver,
  std::chrono::milliseconds watcher_status{500};            ///< to other viewers while there is a driver,
  std::chrono::milliseconds idle_status{1'000};             ///< and to all viewers otherwise.
  std::chrono::milliseconds telemetry_interval{100};        ///< Minimum interval of telemetry that fits into a packet,
  std::chrono::milliseconds large_telemetry_interval{500};  ///< and of larger telemetry.
};

/// A text message to a viewer.
struct Message {
  ViewerId to{};
  Channel channel = Channel::drive;
  std::string text{};
};

/// A viewer requests another camera; the caller confirms with `ControlSession::show_camera`.
struct CameraRequest {
  ViewerId viewer{};
  std::string camera{};
};

/// A viewer's audio request, in effect until the next one. Audio is off before the first.
struct AudioRequest {
  ViewerId viewer{};
  AudioWays wanted{};
  friend bool operator==(const AudioRequest&, const AudioRequest&) = default;
};

/// Counters of discarded messages since construction.
struct ControlStats {
  std::int64_t bad_messages = 0;       ///< Invalid messages.
  std::int64_t too_many = 0;           ///< Requests or commands over the rate limit.
  std::int64_t telemetry_skipped = 0;  ///< Replaced by newer telemetry before it was sent.
};

/// The robot's side of the control protocol (docs/control.md): passes messages of pages to `safety::Safety`, and sends
/// its decisions to pages.
///
/// Pure: time and input are passed in; after each call, drain `poll_message`, `poll_event`, `poll_command`,
/// `poll_camera_request` and `poll_audio_request`, and read `next_timeout`. Not thread-safe.
class ControlSession {
 public:
  explicit ControlSession(Config config);

  void join(Timestamp now, ViewerId viewer, bool may_drive);
  void leave(Timestamp now, ViewerId viewer);
  /// The page's channel is open. Sends the welcome on the control channel.
  void channel_open(Timestamp now, ViewerId viewer, Channel channel);
  /// A page's message, as `parse_message` returned it; an error is counted.
  void message(Timestamp now, ViewerId viewer, const Result<PageMessage>& message);

  /// The robot's own program presses or releases the emergency stop.
  void stop(Timestamp now);
  void release(Timestamp now);
  void set_local_stop(Timestamp now, bool stopped);
  /// Sets whether the actuators accept outputs.
  void set_actuators_work(Timestamp now, bool work);

  /// Sets the available cameras; viewers start with the first. While the driver's camera is "frozen" or "failed", the
  /// robot is stopped.
  void set_cameras(Timestamp now, std::vector<CameraStatus> cameras);
  /// The viewer now sees that camera.
  void show_camera(Timestamp now, ViewerId viewer, const std::string& camera);

  /// Sends to all viewers, at most once per interval; newer data replaces unsent data. `data`: JSON text.  Errors:
  /// bad_message, too_large.
  Result<void> telemetry(Timestamp now, std::string_view data);

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;

  [[nodiscard]] const safety::Safety& safety() const { return safety_; }
  [[nodiscard]] const safety::Output& output() const { return safety_.output(); }
  [[nodiscard]] const ControlStats& stats() const { return stats_; }

  [[nodiscard]] std::optional<Message> poll_message();
  [[nodiscard]] std::optional<safety::Event> poll_event() { return safety_.poll_event(); }
  [[nodiscard]] std::optional<safety::CommandRecord> poll_command() { return safety_.poll_command(); }
  [[nodiscard]] std::optional<CameraRequest> poll_camera_request();
  [[nodiscard]] std::optional<AudioRequest> poll_audio_request();

 private:
  static constexpr Timestamp kLongAgo = Timestamp(std::chrono::hours(-1));

  struct Viewer {
    bool may_drive = false;
    std::string name{};
    std::string camera{};
    bool drive_open = false, control_open = false;
    bool state_told = true;          ///< False: the newest state must be sent.
    Timestamp state_at = kLongAgo;   ///< When the state was last sent.
    Timestamp status_at = kLongAgo;  ///< When the status was last sent.
    Timestamp status_due = kNever;
    AudioWays audio{};  ///< The viewer's request.
    TokenBucket requests{{.per_second = 20, .burst = 20}};
    TokenBucket commands{{.per_second = 200, .burst = 100}};
  };

  void handle(Timestamp now, ViewerId id, Viewer& viewer, const safety::Command& command);
  void handle(Timestamp now, ViewerId id, Viewer& viewer, const StopMessage& stop);
  void handle(Timestamp now, ViewerId id, Viewer& viewer, const Hello& hello);
  void handle(Timestamp now, ViewerId id, Viewer& viewer, const Request& request);
  [[nodiscard]] Ack answer(Timestamp now, ViewerId id, Viewer& viewer, const Request& request);
  [[nodiscard]] Ack choose_camera(ViewerId id, const Request& request);
  [[nodiscard]] Ack switch_audio(ViewerId id, Viewer& viewer, const Request& request);
  [[nodiscard]] AudioWays audio_for(const Viewer& viewer) const;
  void tell_state(Timestamp now, ViewerId id, Viewer& viewer);
  void tell_status(Timestamp now, ViewerId id, Viewer& viewer);
  void tell_telemetry(Timestamp now);
  [[nodiscard]] Duration status_interval(ViewerId id) const;
  void check_camera(Timestamp now);
  /// Sends what has changed; called after each input.
  void settle(Timestamp now);
  void send(ViewerId to, Channel channel, std::string text);

  Config config_;
  safety::Safety safety_;
  std::map<ViewerId, Viewer> viewers_;
  std::vector<CameraStatus> cameras_;
  std::string telemetry_;  ///< Ready to send; empty: none.
  Timestamp telemetry_due_{};
  ControlStats stats_;
  std::deque<Message> messages_;
  std::deque<CameraRequest> camera_requests_;
  std::deque<AudioRequest> audio_requests_;

  /// The state that was last sent to pages.
  struct SentState {
    std::optional<ViewerId> driver{}, asking{}, stopped_by{};
    bool stopped = false;
    double limit = 1;
    safety::StopReason why = safety::StopReason::no_driver;
    friend bool operator==(const SentState&, const SentState&) = default;
  };
  SentState sent_;
};

}  // namespace rtcbot::control
