#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "own_page.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/net/http_server.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::server {

/// The value of a header field, with its name in lower case; empty without it.
[[nodiscard]] std::string header(const net::HttpRequest& request, const std::string& name);

/// The same without a copy; valid as long as the request.
[[nodiscard]] std::string_view header_view(const net::HttpRequest& request, const std::string& name);

/// The request's information about its page; valid as long as the request.
[[nodiscard]] PageSource page_source(const net::HttpRequest& request);

/// True if the request comes from a page of this server or of an allowed origin, or not from a page: `is_own_page`.
[[nodiscard]] bool is_of_own_page(const net::HttpRequest& request, const AllowedOrigins& allowed);

/// Removes a final slash, which people and proxies may add: "/rover/" becomes "/rover"; "/" stays.
[[nodiscard]] std::string_view without_slash(std::string_view path);

/// True if the subprotocol is in a Sec-WebSocket-Protocol field, or in several joined fields (RFC 6455 section 11.3.4):
/// whole words, with the same case.
[[nodiscard]] bool offers_subprotocol(std::string_view field, std::string_view name);

/// The prefix of a subprotocol that carries a page's credential, because browsers cannot set header fields of a
/// WebSocket.
inline constexpr std::string_view kTokenSubprotocol = "rtcbot.token.";

/// The rest of the first subprotocol that begins with `prefix`.
[[nodiscard]] std::optional<std::string_view> subprotocol_after(std::string_view field, std::string_view prefix);

/// True if a field names that media type or coding, with any parameters; `type` in lower case.
[[nodiscard]] bool is_media_type(std::string_view field, std::string_view type);

/// True if the client prefers HTML to JSON (a browser navigation).
[[nodiscard]] bool wants_page(const net::HttpRequest& request);

/// The robot of a path: "/connect" and "/ws" belong to the default robot. Ignores a final '/'.
/// Errors: bad_message for a path that no robot can have.
[[nodiscard]] Result<signal::RobotName> robot_of(std::string_view path);

}  // namespace rtcbot::server
