#pragma once

#include <chrono>

#include "rtcbot/base/time.hpp"

namespace rtcbot::congestion {

[[nodiscard]] inline double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace rtcbot::congestion
