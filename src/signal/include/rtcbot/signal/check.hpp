#pragma once

#include <string_view>

namespace rtcbot::signal {

/// The subprotocol of a robot that asks whether the server would accept it. The server opens no WebSocket; it answers
/// 200 with {"time": ms of Unix time, "ice_servers": […]}, or the refusal that the robot would get.
inline constexpr std::string_view kCheckSubprotocol = "rtcbot.check.v1";

}  // namespace rtcbot::signal
