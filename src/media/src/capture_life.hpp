#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "absence.hpp"
#include "rtcbot/base/error.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::media {

/// Decides when a camera is opened, given up, reopened and closed. Gets the time and the events; returns the action.
/// Pure; not thread-safe.
class CaptureLife {
 public:
  struct Config {
    Duration frozen_after = std::chrono::milliseconds(1'000);  ///< Minimum time without a picture, after the first one.
    Duration picture_interval{};                         ///< Three of these, configured and measured, must pass too.
    Duration linger = std::chrono::milliseconds(5'000);  ///< Stays open for this time after the last user left.
    Duration open_limit = std::chrono::milliseconds(10'000);  ///< From opening to the first picture.
    Duration first_pause = std::chrono::milliseconds(250);    ///< Before the first attempt to reopen; doubles.
    Duration longest_pause = std::chrono::milliseconds(5'000);
    Duration proven_after = std::chrono::milliseconds(2'000);  ///< Running for this time resets the pause.
    bool reopens = true;                                       ///< False for a "push" camera, which cannot be reopened.
  };
  enum class Action { none, open, close };

  explicit CaptureLife(Config config) : config_(config) {}

  /// Sets the number of present users.
  void set_users(Timestamp now, int users);
  /// Keeps the camera open until then, because a user is expected.
  void hold_until(Timestamp until);
  void on_picture(Timestamp now);
  void on_failure(Timestamp now, Error reason);
  /// Sets why the device cannot be opened; empty: it can. An absent device is not opened, and is opened immediately
  /// when it appears. Ignored while the source is open, because its pictures say more.
  void set_absence(Timestamp now, std::optional<Absence> absence);
  /// Closes the open source and opens it again, because a better one exists. Not a failure.
  void replace(Timestamp now);

  /// Returns the action to take now; repeat until `none`. Counts `open` and `close` as done: if opening fails, call
  /// `on_failure`.
  [[nodiscard]] Action next(Timestamp now);
  /// When `next` may have an action without a further event; `kNever` if never.
  [[nodiscard]] Timestamp next_at() const;

  [[nodiscard]] CameraState state() const { return absence_ ? absence_->state : state_; }
  /// The reason for `missing`, `frozen` or `failed`.
  [[nodiscard]] std::optional<Error> reason() const { return absence_ ? absence_->reason : reason_; }
  [[nodiscard]] bool is_open() const { return open_; }
  /// How often it was reopened after a failure.
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
  std::optional<Absence> absence_;
  bool open_ = false;
  bool close_now_ = false;
  int users_ = 0;
  Timestamp wanted_until_{};
  Timestamp opened_at_{};
  std::optional<Timestamp> first_picture_at_;  // since it was opened
  Timestamp last_picture_at_{};
  std::array<Duration, 3> intervals_{};  // between the newest pictures
  std::int64_t pictures_ = 0;            // since it was opened
  int early_freezes_ = 0;                // in succession, before the intervals were known
  Timestamp retry_at_{};
  Duration pause_{};
  std::int64_t reopened_ = 0;
};

}  // namespace rtcbot::media
