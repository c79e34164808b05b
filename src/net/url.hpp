#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::net {

/// The parts of a WebSocket's URL.
struct Url {
  bool secure = false;     ///< wss:// or https://
  std::string host;        ///< A name or an IP address; an IPv6 literal without its brackets.
  std::uint16_t port = 0;  ///< 1 to 65535; 80 or 443 if the URL has none.
  std::string target;      ///< Path and query for the request line; starts with '/'.

  friend bool operator==(const Url&, const Url&) = default;
};

/// Parses ws://, wss://, http:// and https:// URLs. Rejects user names, passwords and fragments, because a password in
/// a URL would appear in logs. Pure.
///
/// Errors: bad_address, with a sentence that names the wrong part.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// The Host field of a request to `url`, with the port if it is not the scheme's default.
[[nodiscard]] std::string host_field(const Url& url);

}  // namespace rtcbot::net
