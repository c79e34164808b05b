#include "ip_address.hpp"

#include <algorithm>

#include "rtcbot/net/client_address.hpp"

namespace rtcbot::net {

namespace ip = boost::asio::ip;

ip::address unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

std::optional<ip::address> address_of(std::string_view remote) {
  boost::system::error_code error;
  const auto found = ip::make_address(host_of_remote(remote), error);
  return error ? std::nullopt : std::optional(unmapped(found));
}

bool is_listed(const std::optional<ip::address>& address, const std::vector<std::string>& listed) {
  return address &&
         std::any_of(listed.begin(), listed.end(), [&](const auto& each) { return address_of(each) == address; });
}

}  // namespace rtcbot::net
