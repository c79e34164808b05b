#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/error.hpp"
#include "rtcbot/net/http_server.hpp"

namespace rtcbot::net {

/// An answer of the server's own: {"error": code, "message": sentence}.
[[nodiscard]] HttpResponse json_error(int status, std::string_view code, std::string_view sentence);

/// Status line and header fields of an answer, with the empty line; the body follows. Fields that are no fields (a line
/// break in them, a name that is no token) are left out, so that no handler can be made to split an answer.
[[nodiscard]] std::string response_head(const HttpResponse& response, bool keep_alive);

/// Adds a header field as `HttpRequest::headers` has them: name in lower case, repeated ones joined by ", ".
void add_header(std::map<std::string, std::string>& headers, std::string_view name, std::string_view value);

/// The error of a handshake that a server answered with `status` and `body` instead of a WebSocket: `refused` where
/// the status says that it was understood, with the JSON "message" of the body if there is one, else handshake_failed.
[[nodiscard]] Error refusal(const std::string& url, int status, std::string_view body);

/// Bytes from elsewhere as they may stand in a sentence: at most `limit` bytes, control characters as spaces, cut at
/// a character's end.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit);

/// `text` cut to at most `limit` bytes, never inside a UTF-8 character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t limit);

}  // namespace rtcbot::net
