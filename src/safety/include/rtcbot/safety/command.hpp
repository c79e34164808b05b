#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "rtcbot/base/strong_id.hpp"

namespace rtcbot::safety {

/// A viewer connected to the robot. Never reused.
using ViewerId = StrongId<struct DriveViewerTag>;

/// The positions of sticks, keys and buttons. A value.
struct Controls {
  static constexpr std::size_t kMaxAxes = 8;

  std::array<double, kMaxAxes> axis{};  ///< -1 to 1; first axis: left to right; second axis: back to forward.
  std::size_t axes = 2;                 ///< Number of axes in use, 1 to 8; the others are 0.
  std::uint32_t buttons = 0;            ///< Bit i: button i is pressed.
  std::string mode{};                   ///< Defined by the robot, up to 16 bytes; empty by default.

  /// True if all axes are within 1 % of the middle and no button is pressed.
  [[nodiscard]] bool is_neutral() const;
  [[nodiscard]] std::span<const double> used() const { return {axis.data(), axes}; }

  friend bool operator==(const Controls&, const Controls&) = default;
};

/// A page's command, sent 50 times a second (docs/control.md, "command"). Its ranges were checked; its values are
/// untrusted.
struct Command {
  std::uint64_t number = 0;                ///< n, from 1.
  double page_ms = 0;                      ///< t, by the page's monotonic clock.
  double heard_ms = 0;                     ///< r, from the newest status that the page had received.
  double held_ms = 0;                      ///< h, time from the arrival of that status to t.
  std::optional<double> picture_age_ms{};  ///< p; empty: no picture, or unknown age.
  Controls controls{};

  friend bool operator==(const Command&, const Command&) = default;
};

/// The reason why the actuators are stopped.
enum class StopReason {
  none,                  ///< Not stopped.
  no_driver,             ///< Nobody drives.
  emergency_stop,        ///< Pressed by anyone; latched.
  dead_man,              ///< No fresh command within the limit.
  clock_unsynchronized,  ///< The age of the driver's commands is unknown.
  neutral_required,      ///< After a gap, the controls must be released once.
  stale_video,           ///< The driver's picture is too old or missing.
  camera_failed,         ///< The camera has failed.
  local,                 ///< The robot's own program stopped it.
  actuator_failed,       ///< The actuator does not accept outputs: unplugged, ended, or hanging.
};

/// The name in docs/control.md, for example "dead_man"; empty for `none`.
[[nodiscard]] std::string_view name_of(StopReason reason);

/// The output to the actuators. While `why` is not `none`, axes and buttons are 0.
struct Output {
  StopReason why = StopReason::no_driver;
  Controls controls{};  ///< The axes are already scaled by `speed`.
  double speed = 0;     ///< 0 to 1: the permitted share of full speed.

  [[nodiscard]] bool moving() const { return why == StopReason::none; }

  friend bool operator==(const Output&, const Output&) = default;
};

}  // namespace rtcbot::safety
