#pragma once

#include <chrono>

#include "rtcbot/access/credential.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::server {

/// The time for judging and making credentials.
[[nodiscard]] inline access::UnixTime unix_now() {
  return access::UnixTime(std::chrono::seconds(runtime::unix_time_ms() / 1000));
}

}  // namespace rtcbot::server
