#pragma once

#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// For the statistics line.
[[nodiscard]] Json figures_of(const Robot::DataUse& use);

/// For the drivers' pages, in the form of a robot's telemetry: `data_used`, in MB; an empty object before anything was
/// counted.
[[nodiscard]] Json telemetry_of(const Robot::DataUse& use);

}  // namespace rtcbot::app
