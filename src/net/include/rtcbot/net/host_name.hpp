#pragma once

#include <string_view>

namespace rtcbot::net {

/// Whether `text` may stand in a Host field (RFC 9110 section 7.2): a name, an IPv4 address or an IPv6 one in brackets,
/// with or without a port from 1 to 65535. What strangers say there must be one before it is said again to others.
[[nodiscard]] bool is_host(std::string_view text);

}  // namespace rtcbot::net
