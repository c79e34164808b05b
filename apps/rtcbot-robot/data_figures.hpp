#pragma once

#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// For the line of figures.
[[nodiscard]] Json figures_of(const Robot::DataUse& use);

/// For the pages of those who drive, in the manner of a robot's telemetry: `data_used`, in MB; an empty object while
/// nothing was counted.
[[nodiscard]] Json telemetry_of(const Robot::DataUse& use);

}  // namespace rtcbot::app
