#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::app {

/// The value of that header field, whose name is in lower case; empty without it.
[[nodiscard]] std::string header(const net::HttpRequest& request, const std::string& name);

/// Whether a page of this server or of that other origin asks, or no page at all: `is_same_origin`.
[[nodiscard]] bool is_of_own_page(const net::HttpRequest& request, std::string_view allowed_origin);

/// Whether that subprotocol is among those of a Sec-WebSocket-Protocol field, or of several that were joined (RFC 6455
/// section 11.3.4): whole words, as they are spelt.
[[nodiscard]] bool offers_subprotocol(std::string_view field, std::string_view name);

/// The methods of that path, as an Allow field has them (RFC 9110 section 10.2.1).
[[nodiscard]] std::string_view methods_of(std::string_view path);

/// The robot whose path it is: "/connect" and "/ws" are those of the robot without a name.
/// Errors: bad_message for a path that can be no robot's.
[[nodiscard]] Result<signal::RobotName> robot_of(const std::string& path);

}  // namespace rtcbot::app
