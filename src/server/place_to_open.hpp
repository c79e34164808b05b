#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtcbot/device/interface_addresses.hpp"

namespace rtcbot::server {

/// Where a server listens, as far as it matters for the address that people open.
struct ListeningPlace {
  std::string address{};  ///< "0.0.0.0" and "::" are all of this machine's.
  std::uint16_t port = 0;
  bool is_encrypted = false;
  bool is_behind_proxy = false;      ///< People open the proxy's address.
  std::vector<std::string> hosts{};  ///< Names by which it is reached, if any are known.
};

/// The addresses to open in a browser, the one for this machine first; none where only the proxy knows them. At most
/// five. Pure. `own_addresses`: IP addresses of this machine that others reach.
[[nodiscard]] std::vector<std::string> urls_to_open(const ListeningPlace& place,
                                                    const std::vector<std::string>& own_addresses);

/// The IP addresses among `all` that other machines may reach, IPv4 first: without those of loopback, of bridges to
/// containers, and link-local ones. Pure.
[[nodiscard]] std::vector<std::string> addresses_for_others(const std::vector<device::InterfaceAddress>& all);

}  // namespace rtcbot::server
