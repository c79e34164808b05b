#include "rtcbot/safety/command.hpp"

#include <algorithm>
#include <cmath>

namespace rtcbot::safety {
namespace {

/// Released sticks do not rest exactly in the middle. Pages correct this; other clients may not.
constexpr double kMiddle = 0.01;

}  // namespace

bool Controls::is_neutral() const {
  // Written so that NaN is not neutral.
  return buttons == 0 && std::all_of(axis.begin(), axis.end(), [](double value) { return std::abs(value) <= kMiddle; });
}

std::string_view name_of(StopReason reason) {
  switch (reason) {
    case StopReason::none: return "";
    case StopReason::no_driver: return "no_driver";
    case StopReason::emergency_stop: return "emergency_stop";
    case StopReason::dead_man: return "dead_man";
    case StopReason::clock_unsynchronized: return "clocks";
    case StopReason::neutral_required: return "neutral";
    case StopReason::stale_video: return "picture";
    case StopReason::camera_failed: return "camera";
    case StopReason::local: return "local";
    case StopReason::actuator_failed: return "actuator";
  }
  return "";
}

}  // namespace rtcbot::safety
