#pragma once

#include <string>
#include <string_view>

namespace rtcbot::net {

/// Returns "127.0.0.1" for "127.0.0.1:4711" or "127.0.0.1", and "::1" for "[::1]:4711" or "[::1]".
[[nodiscard]] std::string_view host_of_remote(std::string_view remote);

/// Returns the key for limits per address: the address, or the first 64 bits of an IPv6 address, because their owner
/// has the whole /64. `remote` is `HttpRequest::remote_address`; text that is not an address is its own key.
[[nodiscard]] std::string limit_key(std::string_view remote);

/// Escapes a decoded path (`HttpRequest::path`) for a request line or a Location field.
[[nodiscard]] std::string escaped_path(std::string_view path);

}  // namespace rtcbot::net
