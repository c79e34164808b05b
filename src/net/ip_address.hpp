#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rtcbot::net {

/// Returns the form in which addresses are compared, counted and logged: an IPv4 address from a dual-stack socket
/// (::ffff:192.0.2.1) becomes the IPv4 address.  Source: RFC 4291 section 2.5.5.2.
[[nodiscard]] boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

/// Parses the address in a text in one of `host_of_remote`'s forms, unmapped; nothing if it is invalid.
[[nodiscard]] std::optional<boost::asio::ip::address> address_of(std::string_view remote);

/// True if that address is in the list, in whatever form either is written. False for no address.
[[nodiscard]] bool is_listed(const std::optional<boost::asio::ip::address>& address,
                             const std::vector<std::string>& listed);

}  // namespace rtcbot::net
