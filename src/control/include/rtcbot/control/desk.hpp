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
  std::vector<std::string> modes{};                         ///< Told to pages.
  AudioWays audio{};                                        ///< What the robot has for sound.
  std::chrono::milliseconds driver_status{100};             ///< Between two statuses to the driver,
  std::chrono::milliseconds watcher_status{500};            ///< to others while somebody drives,
  std::chrono::milliseconds idle_status{1'000};             ///< and to all otherwise.
  std::chrono::milliseconds telemetry_interval{100};        ///< At most so often, where it fits into a packet,
  std::chrono::milliseconds large_telemetry_interval{500};  ///< and where it does not.
};

/// A text for a viewer.
struct Message {
  ViewerId to{};
  Channel channel = Channel::drive;
  std::string text{};
};

/// A viewer wants to be shown another camera; `Desk::show_camera` says that it is.
struct CameraWish {
  ViewerId viewer{};
  std::string camera{};
};

/// What a viewer wants of sound, from now on. Nothing of it until this says so.
struct AudioWish {
  ViewerId viewer{};
  AudioWays wanted{};
  friend bool operator==(const AudioWish&, const AudioWish&) = default;
};

/// What was said and not heard, since the begin.
struct DeskCounts {
  std::int64_t bad_messages = 0;       ///< Not understood.
  std::int64_t too_many = 0;           ///< Requests or commands beyond what a person makes.
  std::int64_t telemetry_skipped = 0;  ///< A newer one came before it could go.
};

/// The robot's side of the control protocol (docs/control.md): what pages say becomes inputs of `safety::Safety`, and
/// what it decides is told to them.
///
/// Pure: told the time and what came; after each call, drain `poll_message`, `poll_event`, `poll_command`,
/// `poll_camera_wish` and `poll_audio_wish`, and ask `next_timeout`. Not thread-safe.
class Desk {
 public:
  explicit Desk(Config config);

  void join(Timestamp now, ViewerId viewer, bool may_drive);
  void leave(Timestamp now, ViewerId viewer);
  /// The page's channel is there; it is welcomed on the one for control.
  void channel_open(Timestamp now, ViewerId viewer, Channel channel);
  void message(Timestamp now, ViewerId viewer, Channel channel, std::string_view text);

  /// The emergency stop by the robot's own program, and its end.
  void stop(Timestamp now);
  void release(Timestamp now);
  void set_local_stop(Timestamp now, bool stopped);
  /// Whether what should move takes outputs.
  void set_actuators_work(Timestamp now, bool work);

  /// The cameras there are, the first of which viewers are shown at first. While the one that the driver is shown is
  /// "frozen" or "failed", the robot stands.
  void set_cameras(Timestamp now, std::vector<CameraStatus> cameras);
  /// This viewer is shown that camera from now on.
  void show_camera(Timestamp now, ViewerId viewer, const std::string& camera);

  /// To all viewers, the newest as often as is sensible. `data`: JSON text.  Errors: bad_message, too_large.
  Result<void> telemetry(Timestamp now, std::string_view data);

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;

  [[nodiscard]] const safety::Safety& safety() const { return safety_; }
  [[nodiscard]] const safety::Output& output() const { return safety_.output(); }
  [[nodiscard]] const DeskCounts& counts() const { return counts_; }

  [[nodiscard]] std::optional<Message> poll_message();
  [[nodiscard]] std::optional<safety::Event> poll_event() { return safety_.poll_event(); }
  [[nodiscard]] std::optional<safety::JudgedCommand> poll_command() { return safety_.poll_command(); }
  [[nodiscard]] std::optional<CameraWish> poll_camera_wish();
  [[nodiscard]] std::optional<AudioWish> poll_audio_wish();

 private:
  static constexpr Timestamp kLongAgo = Timestamp(std::chrono::hours(-1));

  struct Viewer {
    bool may_drive = false;
    std::string name{};
    std::string camera{};
    bool drive_open = false, control_open = false;
    bool state_told = true;          ///< False: the newest state has to be told.
    Timestamp state_at = kLongAgo;   ///< When the state was told last.
    Timestamp status_at = kLongAgo;  ///< Likewise the status.
    Timestamp status_due = kNever;
    AudioWays audio{};  ///< What it wants.
    TokenBucket requests{{.per_second = 20, .burst = 20}};
    TokenBucket commands{{.per_second = 200, .burst = 100}};
  };

  void on_drive(Timestamp now, ViewerId id, Viewer& viewer, std::string_view text);
  void on_control(Timestamp now, ViewerId id, Viewer& viewer, std::string_view text);
  [[nodiscard]] Ack answer(Timestamp now, ViewerId id, Viewer& viewer, const Request& request);
  [[nodiscard]] Ack choose_camera(ViewerId id, const Request& request);
  [[nodiscard]] Ack switch_audio(ViewerId id, Viewer& viewer, const Request& request);
  [[nodiscard]] AudioWays audio_for(const Viewer& viewer) const;
  void tell_state(Timestamp now, ViewerId id, Viewer& viewer);
  void tell_status(Timestamp now, ViewerId id, Viewer& viewer);
  void tell_telemetry(Timestamp now);
  [[nodiscard]] Duration status_interval(ViewerId id) const;
  void check_camera(Timestamp now);
  /// After each input: tells what has changed.
  void settle(Timestamp now);
  void send(ViewerId to, Channel channel, std::string text);

  Config config_;
  safety::Safety safety_;
  std::map<ViewerId, Viewer> viewers_;
  std::vector<CameraStatus> cameras_;
  std::string telemetry_;  ///< Ready to go; empty: none waits.
  Timestamp telemetry_due_{};
  DeskCounts counts_;
  std::deque<Message> messages_;
  std::deque<CameraWish> wishes_;
  std::deque<AudioWish> audio_wishes_;

  /// What of the state pages have been told.
  struct Told {
    std::optional<ViewerId> driver{}, asking{}, stopped_by{};
    bool stopped = false;
    double limit = 1;
    safety::StopReason why = safety::StopReason::no_driver;
    friend bool operator==(const Told&, const Told&) = default;
  };
  Told told_;
};

}  // namespace rtcbot::control
