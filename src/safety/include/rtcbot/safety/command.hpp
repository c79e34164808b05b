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

/// Somebody who is connected to the robot. Never used twice.
using ViewerId = StrongId<struct DriveViewerTag>;

/// Where the sticks, keys and buttons are. A value.
struct Controls {
  static constexpr std::size_t kMostAxes = 8;

  std::array<double, kMostAxes> axis{};  ///< -1 to 1; the first: left to right; the second: back to forward.
  std::size_t axes = 2;                  ///< How many of them are meant, 1 to 8; the others are 0.
  std::uint32_t buttons = 0;             ///< Bit i: button i is pressed.
  std::string mode{};                    ///< The robot's own, up to 16 bytes; empty by default.

  /// Within 1 % of the middle, and no button pressed.
  [[nodiscard]] bool is_neutral() const;
  [[nodiscard]] std::span<const double> used() const { return {axis.data(), axes}; }

  friend bool operator==(const Controls&, const Controls&) = default;
};

/// What a page says 50 times a second (docs/control.md, "command"). Has been checked for range, not for truth.
struct Command {
  std::uint64_t number = 0;                ///< n, from 1.
  double page_ms = 0;                      ///< t, the page's monotonic clock.
  double heard_ms = 0;                     ///< r, of the newest status that the page had heard.
  double held_ms = 0;                      ///< h, how long before t that was.
  std::optional<double> picture_age_ms{};  ///< p; empty: no picture, or its age is not known.
  Controls controls{};

  friend bool operator==(const Command&, const Command&) = default;
};

/// Why the actuators are told to stand.
enum class StopReason {
  none,            ///< They are not.
  no_driver,       ///< Nobody drives.
  emergency_stop,  ///< Somebody pressed it; latched.
  dead_man,        ///< No fresh command within the limit.
  clocks,          ///< It is not known how old the driver's commands are.
  neutral,         ///< After a gap, the controls have to be let go of once.
  picture,         ///< The driver sees an old picture, or none.
  camera,          ///< The camera itself fails.
  local,           ///< The robot's own program said so.
  actuator,        ///< What should move takes no outputs: unplugged, ended, or hanging.
};

/// As docs/control.md has it: "dead_man"; empty for `none`.
[[nodiscard]] std::string_view name_of(StopReason reason);

/// What the actuators get. While `why` is not `none`, axes and buttons are 0.
struct Output {
  StopReason why = StopReason::no_driver;
  Controls controls{};  ///< Axes are scaled by `speed` already.
  double speed = 0;     ///< 0 to 1: the share of the speed that is let through.

  [[nodiscard]] bool moving() const { return why == StopReason::none; }

  friend bool operator==(const Output&, const Output&) = default;
};

}  // namespace rtcbot::safety
