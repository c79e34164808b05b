#pragma once

#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::app {

/// The value of that header field, whose name is in lower case; empty without it.
[[nodiscard]] std::string header(const net::HttpRequest& request, const std::string& name);

/// The robot whose path it is: "/connect" and "/ws" are those of the robot without a name.
/// Errors: bad_message for a path that can be no robot's.
[[nodiscard]] Result<signal::RobotName> robot_of(const std::string& path);

}  // namespace rtcbot::app
