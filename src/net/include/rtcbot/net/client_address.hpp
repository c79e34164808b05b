#pragma once

#include <string>
#include <string_view>

namespace rtcbot::net {

/// "127.0.0.1" of "127.0.0.1:4711" or of "127.0.0.1", "::1" of "[::1]:4711" or "[::1]".
[[nodiscard]] std::string_view host_of_remote(std::string_view remote);

/// Whom limits of one address are meant for: the address, of IPv6 its first 64 bits, as whoever has one of those has
/// all. `remote` is `HttpRequest::remote_address`; what is no address is its own name.
[[nodiscard]] std::string limit_key(std::string_view remote);

/// A decoded path (`HttpRequest::path`) as it stands in a request line or a Location field.
[[nodiscard]] std::string escaped_path(std::string_view path);

}  // namespace rtcbot::net
