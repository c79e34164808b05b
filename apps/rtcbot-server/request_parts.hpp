#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtcbot-server/own_page.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::app {

/// The value of that header field, whose name is in lower case; empty without it.
[[nodiscard]] std::string header(const net::HttpRequest& request, const std::string& name);

/// The same without a copy; valid as long as the request.
[[nodiscard]] std::string_view header_view(const net::HttpRequest& request, const std::string& name);

/// What the request says of the page that makes it; valid as long as the request.
[[nodiscard]] PageSource page_source(const net::HttpRequest& request);

/// Whether a page of this server or of an allowed origin asks, or no page at all: `is_own_page`.
[[nodiscard]] bool is_of_own_page(const net::HttpRequest& request, const AllowedOrigins& allowed);

/// "/rover" of "/rover/", which people and proxies write for it; "/" stays.
[[nodiscard]] std::string_view without_slash(std::string_view path);

/// Whether that subprotocol is among those of a Sec-WebSocket-Protocol field, or of several that were joined (RFC 6455
/// section 11.3.4): whole words, as they are spelt.
[[nodiscard]] bool offers_subprotocol(std::string_view field, std::string_view name);

/// A page's way to show a credential with a WebSocket, for which browsers let it set no field: behind this, as a
/// subprotocol.
inline constexpr std::string_view kTokenSubprotocol = "rtcbot.token.";

/// What stands behind `prefix` in the first of those subprotocols that begins with it.
[[nodiscard]] std::optional<std::string_view> subprotocol_after(std::string_view field, std::string_view prefix);

/// Whether a field names that media type or coding, whatever parameters follow; `type` in lower case.
[[nodiscard]] bool is_media_type(std::string_view field, std::string_view type);

/// The methods of that path, as an Allow field has them (RFC 9110 section 10.2.1).
[[nodiscard]] std::string_view methods_of(std::string_view path);

/// The robot whose path it is: "/connect" and "/ws" are those of the robot without a name. A '/' at the end is ignored.
/// Errors: bad_message for a path that can be no robot's.
[[nodiscard]] Result<signal::RobotName> robot_of(std::string_view path);

}  // namespace rtcbot::app
