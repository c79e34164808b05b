#pragma once

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rtcbot::net {

/// The form in which addresses are compared, counted and logged: an IPv4 address that came through a dual-stack socket
/// (::ffff:192.0.2.1) is the IPv4 address.  Source: RFC 4291 section 2.5.5.2.
[[nodiscard]] boost::asio::ip::address unmapped(const boost::asio::ip::address& address);

/// The address in a text of `host_of_remote`'s forms, unmapped; nothing if it is none.
[[nodiscard]] std::optional<boost::asio::ip::address> address_of(std::string_view remote);

/// Whether that address is one of the listed ones, however either is written. Text that is no address is in no list.
[[nodiscard]] bool is_listed(const std::optional<boost::asio::ip::address>& address,
                             const std::vector<std::string>& listed);

}  // namespace rtcbot::net
