#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::net {

/// Where a WebSocket is, taken apart.
struct Url {
  bool secure = false;     ///< wss:// or https://
  std::string host;        ///< A name or an IP address; an IPv6 literal without its brackets.
  std::uint16_t port = 0;  ///< 1 to 65535; 80 or 443 where the URL names none.
  std::string target;      ///< Path and query as they go into the request line; begins with '/'.

  friend bool operator==(const Url&, const Url&) = default;
};

/// Reads ws://, wss://, http:// and https:// URLs. User names, passwords and fragments are refused: a password in a
/// URL ends in logs. Pure.
///
/// Errors: bad_address, with a sentence that says which part is wrong.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// The Host field of a request to `url`: the port only where it is not the scheme's own.
[[nodiscard]] std::string host_field(const Url& url);

}  // namespace rtcbot::net
