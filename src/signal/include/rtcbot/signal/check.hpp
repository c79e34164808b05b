#pragma once

#include <string_view>

namespace rtcbot::signal {

/// The subprotocol with which a robot asks whether the server would accept it. The server opens no WebSocket. It
/// answers 200 with {"time": ms of Unix time, "ice_servers": […]}, or with the refusal that the robot would get.
inline constexpr std::string_view kCheckSubprotocol = "rtcbot.check.v1";

}  // namespace rtcbot::signal
