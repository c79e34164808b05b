#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rtcbot/access/grant.hpp"

namespace rtcbot::access {

// What credentials look like in HTTP: the pieces that bytes from the network reach. Views live as long as their
// argument.

/// The token of "Bearer TOKEN" (RFC 6750 section 2.1); nothing if the field is of another kind.
[[nodiscard]] std::optional<std::string_view> bearer_in(std::string_view authorization);

/// The value of that cookie in a Cookie field (RFC 6265 section 4.2.1). Where it stands there twice, nothing: somebody
/// who may set cookies for a neighbouring domain put one in front.
[[nodiscard]] std::optional<std::string_view> cookie_in(std::string_view cookies, std::string_view name);

/// The value of that field in an HTML form's body (application/x-www-form-urlencoded), decoded; nothing where it is
/// missing, stands there twice or is encoded wrongly.
[[nodiscard]] std::optional<std::string> form_value_in(std::string_view body, std::string_view name);

/// The token or the link's code in what a person pasted: by itself, as "code=CODE" or "token=TOKEN", or within the link
/// that signs in; white space around it is nothing.  Errors: bad_message, with a sentence for that person on what it is
/// instead.
[[nodiscard]] Result<std::string> pasted_token(std::string_view text);

/// How the browser is to keep a token. "__Host-" binds the cookie to this host and to TLS.
[[nodiscard]] std::string_view cookie_name(bool is_secure);
/// The Set-Cookie field for it: out of scripts' reach, not sent with requests that other sites cause (except that a
/// link there may be followed), until the token expires.
[[nodiscard]] std::string set_cookie(std::string_view token, UnixTime expires, UnixTime now, bool is_secure);
/// The Set-Cookie field that removes it.
[[nodiscard]] std::string clear_cookie(bool is_secure);

/// Equality in a time that tells nothing but the length of `shown`.
[[nodiscard]] bool equal_in_constant_time(std::string_view shown, std::string_view expected);

}  // namespace rtcbot::access
