#include "rtcbot/device/outbound_route.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "rtcbot/runtime/descriptor.hpp"

namespace rtcbot::device {

namespace {

// From the blocks for documentation (RFC 5737, RFC 3849): routed like any internet address, and assigned to nobody.
constexpr const char* kSomewhere4 = "192.0.2.1";
constexpr const char* kSomewhere6 = "2001:db8::1";

/// Connecting a UDP socket sends nothing, but chooses the route and the source address.
template <class Address>
bool choose_source(int family, const Address& destination, Address& source) {
  const runtime::Descriptor socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  socklen_t size = sizeof(source);
  return socket.is_open() &&
         ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&destination), sizeof(destination)) == 0 &&
         ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&source), &size) == 0;
}

std::string source_to(const in_addr& destination) {
  sockaddr_in to{}, from{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr = destination;
  std::array<char, INET_ADDRSTRLEN> text{};
  if (!choose_source(AF_INET, to, from)) return {};
  return ::inet_ntop(AF_INET, &from.sin_addr, text.data(), text.size()) != nullptr ? text.data() : "";
}

std::string source_to(const in6_addr& destination) {
  sockaddr_in6 to{}, from{};
  to.sin6_family = AF_INET6;
  to.sin6_port = htons(9);
  to.sin6_addr = destination;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (!choose_source(AF_INET6, to, from)) return {};
  return ::inet_ntop(AF_INET6, &from.sin6_addr, text.data(), text.size()) != nullptr ? text.data() : "";
}

}  // namespace

OutboundRoute outbound_route(std::string_view host) {
  const std::string text(host);
  in_addr ipv4{};
  in6_addr ipv6{};
  if (::inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return {.ipv4 = source_to(ipv4)};
  if (::inet_pton(AF_INET6, text.c_str(), &ipv6) == 1) return {.ipv6 = source_to(ipv6)};
  ::inet_pton(AF_INET, kSomewhere4, &ipv4);
  ::inet_pton(AF_INET6, kSomewhere6, &ipv6);
  return {.ipv4 = source_to(ipv4), .ipv6 = source_to(ipv6)};
}

}  // namespace rtcbot::device
