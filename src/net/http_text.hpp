#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/error.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// The server's own answer: {"error": code, "message": sentence}.
[[nodiscard]] HttpResponse json_error(int status, std::string_view code, std::string_view sentence);

/// Returns the status line and header fields of an answer, with the empty line; the body follows. Leaves out invalid
/// fields (with a line break, or with a name that is not a token), so that a handler cannot be tricked into splitting
/// an answer.
[[nodiscard]] std::string response_head(const HttpResponse& response, bool keep_alive);

/// Adds a header field to `HttpRequest::headers`: lower-case name, repeated fields joined by ", ".
void add_header(std::map<std::string, std::string>& headers, std::string_view name, std::string_view value);

/// Returns the error for a handshake that the server answered with `status` and `body` instead of a WebSocket:
/// `refused`, with the JSON "message" of the body if there is one, if the status shows that the server understood the
/// request; otherwise handshake_failed.
[[nodiscard]] Error refusal(const std::string& url, int status, std::string_view body);

/// Makes outside bytes fit for a sentence: at most `limit` bytes, cut after a whole character, control characters
/// replaced by spaces.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit);

}  // namespace rtcbot::net
