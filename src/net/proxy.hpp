#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/net/web_socket.hpp"
#include "url.hpp"

namespace rtcbot::net {

/// An HTTP proxy that connects to others (CONNECT, RFC 9110 section 9.3.6).
struct Proxy {
  std::string host{};
  std::uint16_t port = 80;
  std::string credentials{};  ///< USER:PASSWORD; empty: none.
  friend bool operator==(const Proxy&, const Proxy&) = default;
};

/// The proxy through which `url` is dialled; none where the settings have none for it, or name it in `none`. This
/// machine itself never is.  Errors: bad_config, with a sentence without the password. Pure.
[[nodiscard]] Result<std::optional<Proxy>> proxy_for(const Url& url, const ProxySettings& settings);

/// Whether a list like no_proxy names this host: names with all below them (with or without a dot or "*." in front),
/// addresses, networks (10.0.0.0/8), each perhaps with a port, or "*". Pure.
[[nodiscard]] bool is_in_no_proxy(const Url& url, std::string_view list);

}  // namespace rtcbot::net
