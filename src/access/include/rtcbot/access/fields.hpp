#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/access/credential.hpp"

namespace rtcbot::access {

// Parsers and writers of the HTTP fields that hold credentials. Their input comes from the network. Views are valid as
// long as their argument.

/// Returns the token of "Bearer TOKEN" (RFC 6750 section 2.1); nothing for another scheme.
[[nodiscard]] std::optional<std::string_view> bearer_in(std::string_view authorization);

/// Returns the value of that cookie in a Cookie field (RFC 6265 section 4.2.1). Nothing if it occurs twice: a site of a
/// neighbouring domain may have set the other one.
[[nodiscard]] std::optional<std::string_view> cookie_in(std::string_view cookies, std::string_view name);

/// Returns the decoded value of that field in an HTML form's body (application/x-www-form-urlencoded); nothing if it is
/// missing, occurs twice or is encoded wrongly.
[[nodiscard]] std::optional<std::string> form_value_in(std::string_view body, std::string_view name);

/// Extracts the token or the link's code from pasted text: alone, as "code=CODE" or "token=TOKEN", or within a sign-in
/// link. Ignores white space around it.  Errors: bad_message, with a sentence for a person about what the text is
/// instead.
[[nodiscard]] Result<std::string> pasted_token(std::string_view text);

/// The cookies of a person who is signed in.
enum class Cookie {
  token,    ///< The credential.
  session,  ///< A random text for each browser: distinguishes those that use one credential.
};

/// The name of a cookie. "__Host-" binds the cookie to this host and to TLS.
[[nodiscard]] std::string_view cookie_name(Cookie cookie, bool is_secure);
/// Returns the Set-Cookie field of a cookie. Scripts cannot read it, and browsers do not send it with requests that
/// other sites cause, except when a link is followed. It ends when the token expires.
[[nodiscard]] std::string set_cookie(Cookie cookie, std::string_view value, UnixTime expires, UnixTime now,
                                     bool is_secure);
/// Returns the Set-Cookie field that removes the cookie.
[[nodiscard]] std::string clear_cookie(Cookie cookie, bool is_secure);

/// True if `text` may be the value of `Cookie::session`: 1 to 32 of A-Z a-z 0-9 _ -
[[nodiscard]] bool is_session(std::string_view text);
/// Identifies a session without its cookie's value, which robots, other servers and logs do not need: `is_session`.
[[nodiscard]] std::string session_id(std::string_view cookie);

/// Compares in a time that depends only on the length of `shown`.
[[nodiscard]] bool equal_in_constant_time(std::string_view shown, std::string_view expected);

}  // namespace rtcbot::access
