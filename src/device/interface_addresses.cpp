#include "rtcbot/device/interface_addresses.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace rtcbot::device {
namespace {

constexpr std::array<std::string_view, 5> kNames{"docker_gwbridge", "kube-bridge", "lxcbr", "lxdbr", "incusbr"};
constexpr std::array<std::string_view, 15> kNumbered{"docker", "virbr",   "lxcbr",      "lxdbr",   "incusbr",
                                                     "podman", "cni",     "cni-podman", "cbr",     "nerdctl",
                                                     "vmnet",  "vboxnet", "waydroid",   "flannel", "flannel."};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

/// "br-" and the first digits of the network's identifier.
bool is_docker_network(std::string_view name) {
  constexpr std::size_t kDigits = 12;
  return name.starts_with("br-") && name.size() == 3 + kDigits && std::all_of(name.begin() + 3, name.end(), is_hex);
}

bool is_link_local(const in_addr& address) { return (ntohl(address.s_addr) >> 16U) == 0xA9FE; }
bool is_link_local(const in6_addr& address) {
  return address.s6_addr[0] == 0xFE && (address.s6_addr[1] & 0xC0U) == 0x80U;
}

/// Nothing for an entry that is not an IP address.
std::optional<InterfaceAddress> read(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || entry.ifa_name == nullptr) return std::nullopt;
  const auto family = entry.ifa_addr->sa_family;
  if (family != AF_INET && family != AF_INET6) return std::nullopt;
  InterfaceAddress made{.interface = entry.ifa_name,
                        .is_ipv6 = family == AF_INET6,
                        .is_running = (entry.ifa_flags & IFF_RUNNING) != 0,
                        .is_loopback = (entry.ifa_flags & IFF_LOOPBACK) != 0};
  // The socket API requires these casts.
  const auto* const ipv4 = &reinterpret_cast<const sockaddr_in*>(entry.ifa_addr)->sin_addr;
  const auto* const ipv6 = &reinterpret_cast<const sockaddr_in6*>(entry.ifa_addr)->sin6_addr;
  made.is_link_local = made.is_ipv6 ? is_link_local(*ipv6) : is_link_local(*ipv4);
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* const bytes = made.is_ipv6 ? static_cast<const void*>(ipv6) : ipv4;
  if (::inet_ntop(family, bytes, text.data(), text.size()) == nullptr) return std::nullopt;
  made.address = text.data();
  return made;
}

}  // namespace

std::optional<std::vector<InterfaceAddress>> interface_addresses() {
  ifaddrs* found = nullptr;
  if (::getifaddrs(&found) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(found, &::freeifaddrs);
  std::vector<InterfaceAddress> addresses;
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    if (auto made = read(*entry)) addresses.push_back(std::move(*made));
  }
  return addresses;
}

bool is_container_bridge(std::string_view name) {
  if (is_docker_network(name) || std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  return std::any_of(kNumbered.begin(), kNumbered.end(), [&](std::string_view begin) {
    const auto number = name.substr(std::min(begin.size(), name.size()));
    return name.starts_with(begin) && !number.empty() && std::all_of(number.begin(), number.end(), is_digit);
  });
}

bool leads_to_others(const InterfaceAddress& entry) {
  return entry.is_running && !entry.is_loopback && !is_container_bridge(entry.interface);
}

}  // namespace rtcbot::device
