#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rtcbot/base/error.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

/// When a camera is opened, given up, reopened and closed. Told the time and what happened, answers with what to do.
/// Pure; not thread-safe.
class CaptureLife {
 public:
  struct Config {
    Duration frozen_after = std::chrono::milliseconds(1'000);  ///< Without a picture, once there was one, at least;
    Duration
        picture_interval{};  ///< and never before three of these, as configured, nor three as measured, have passed.
    Duration linger = std::chrono::milliseconds(5'000);       ///< Open this long after the last user left.
    Duration open_limit = std::chrono::milliseconds(10'000);  ///< From opening to the first picture.
    Duration first_pause = std::chrono::milliseconds(250);    ///< Before the first attempt to reopen; doubles.
    Duration longest_pause = std::chrono::milliseconds(5'000);
    Duration proven_after = std::chrono::milliseconds(2'000);  ///< Running so long makes the pause short again.
    bool reopens = true;  ///< Not for a camera that the program pushes to: there is nothing to reopen.
  };
  enum class Action { none, open, close };

  explicit CaptureLife(Config config) : config_(config) {}

  /// How many use the camera now.
  void set_users(Timestamp now, int users);
  /// Somebody is about to: keep it open until then.
  void hold_until(Timestamp until);
  void on_picture(Timestamp now);
  void on_failure(Timestamp now, Error reason);
  /// The source that is open is to be closed and opened again, because a better one exists. Not a failure.
  void replace(Timestamp now);

  /// What to do now; repeat until `none`. `open` and `close` are taken as done: when opening fails, `on_failure`
  /// follows.
  [[nodiscard]] Action next(Timestamp now);
  /// When `next` may have something to do without anything happening; `kNever` when it will not.
  [[nodiscard]] Timestamp next_at() const;

  [[nodiscard]] CameraState state() const { return state_; }
  /// Why the state is `frozen` or `failed`.
  [[nodiscard]] const std::optional<Error>& reason() const { return reason_; }
  [[nodiscard]] bool is_open() const { return open_; }
  /// How often it was opened again after a failure.
  [[nodiscard]] std::int64_t reopened() const { return reopened_; }

 private:
  [[nodiscard]] bool is_wanted(Timestamp now) const;
  void give_up(Timestamp now, CameraState state, Error reason);
  [[nodiscard]] Timestamp picture_due() const;
  [[nodiscard]] Duration frozen_after() const;
  void measure(Timestamp now);

  Config config_;
  CameraState state_ = CameraState::closed;
  std::optional<Error> reason_;
  bool open_ = false;
  bool close_now_ = false;
  int users_ = 0;
  Timestamp wanted_until_{};
  Timestamp opened_at_{};
  std::optional<Timestamp> first_picture_at_;  // since it was opened
  Timestamp last_picture_at_{};
  std::array<Duration, 3> intervals_{};  // between the newest pictures
  std::int64_t pictures_ = 0;            // since it was opened
  int early_freezes_ = 0;                // one after the other, before its intervals were known
  Timestamp retry_at_{};
  Duration pause_{};
  std::int64_t reopened_ = 0;
};

}  // namespace rtcbot::media
