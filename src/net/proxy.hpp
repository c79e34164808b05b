#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "url.hpp"

namespace rtcbot::net {

/// An HTTP proxy with support for CONNECT (RFC 9110 section 9.3.6).
struct Proxy {
  std::string host{};
  std::uint16_t port = 80;
  std::string credentials{};  ///< USER:PASSWORD; empty: none.
  friend bool operator==(const Proxy&, const Proxy&) = default;
};

/// Returns the proxy for `url`; none if the settings have none for it or exclude it in `none`. This machine itself is
/// never proxied.  Errors: bad_config, with a sentence without the password. Pure.
[[nodiscard]] Result<std::optional<Proxy>> proxy_for(const Url& url, const ProxySettings& settings);

/// True if a list like no_proxy contains this host: names with their subdomains (with or without a leading dot or
/// "*."), addresses, networks (10.0.0.0/8), each optionally with a port, or "*". Pure.
[[nodiscard]] bool is_in_no_proxy(const Url& url, std::string_view list);

}  // namespace rtcbot::net
