#pragma once

#include <string>
#include <string_view>

namespace rtcbot::device {

/// The addresses from which this machine would send to somebody now; empty where there is no way.
struct WayOut {
  std::string ipv4{};
  std::string ipv6{};

  [[nodiscard]] bool exists() const { return !ipv4.empty() || !ipv6.empty(); }
  friend bool operator==(const WayOut&, const WayOut&) = default;
};

/// The way to `host` if that is an IP address, else the way to the internet: names are not looked up, as that takes
/// long just when it matters. Asks the kernel's routes; nothing is sent. So machines without a default route, whose
/// server has a name, seem to have no way at all.
[[nodiscard]] WayOut way_out(std::string_view host);

}  // namespace rtcbot::device
