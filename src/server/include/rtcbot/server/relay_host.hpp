#pragma once

#include <string>

namespace rtcbot::server {

/// "relay.example.org" of "turns:relay.example.org:443?transport=tcp"; an IPv6 address with its brackets.
[[nodiscard]] std::string relay_host(const std::string& url);

}  // namespace rtcbot::server
