#pragma once

#include <string_view>

namespace rtcbot::net {

/// True if `text` is valid in a Host field (RFC 9110 section 7.2): a name, an IPv4 address or an IPv6 one in brackets,
/// with or without a port from 1 to 65535. Check outside text with it before it is sent to others.
[[nodiscard]] bool is_host(std::string_view text);

}  // namespace rtcbot::net
