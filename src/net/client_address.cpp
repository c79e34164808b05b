#include "rtcbot/net/client_address.hpp"

#include <algorithm>

#include "ip_address.hpp"

namespace rtcbot::net {

std::string_view host_of_remote(std::string_view remote) {
  if (remote.starts_with('[')) return remote.substr(1, std::min(remote.find(']'), remote.size()) - 1);
  // More than one colon without brackets: an IPv6 address without a port.
  const auto colon = remote.find(':');
  return colon == remote.rfind(':') ? remote.substr(0, colon) : remote;
}

std::string limit_key(std::string_view remote) {
  const auto address = address_of(remote);
  if (!address) return std::string(host_of_remote(remote));
  if (address->is_v4()) return address->to_string();
  auto bytes = address->to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return boost::asio::ip::address_v6(bytes).to_string() + "/64";
}

std::string escaped_path(std::string_view path) {
  constexpr std::string_view kPlain = "/-._~!$&'()*+,;=:@";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text;
  for (const char c : path) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          kPlain.find(c) != std::string_view::npos;
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain) {
      text += c;
    } else {
      text.append("%").append(1, kHex[byte >> 4U]).append(1, kHex[byte & 15U]);
    }
  }
  return text;
}

}  // namespace rtcbot::net
