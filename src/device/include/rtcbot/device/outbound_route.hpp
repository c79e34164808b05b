#pragma once

#include <string>
#include <string_view>

namespace rtcbot::device {

/// The source addresses that this machine would use now towards a destination; empty if there is no route.
struct OutboundRoute {
  std::string ipv4{};
  std::string ipv6{};

  [[nodiscard]] bool exists() const { return !ipv4.empty() || !ipv6.empty(); }
  friend bool operator==(const OutboundRoute&, const OutboundRoute&) = default;
};

/// The source addresses towards `host` if that is an IP address, otherwise towards the internet. Does not resolve
/// names, because that is slow just when the network fails. Queries the kernel's routes and sends nothing. A machine
/// without a default route, whose server has a name, therefore appears to have no route.
[[nodiscard]] OutboundRoute outbound_route(std::string_view host);

}  // namespace rtcbot::device
