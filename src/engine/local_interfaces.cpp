#include "local_interfaces.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <memory>

namespace rtcbot::engine {
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

/// fe80::/10 (RFC 4291 section 2.5.6).
bool is_link_local(const in6_addr& address) {
  return address.s6_addr[0] == 0xFE && (address.s6_addr[1] & 0xC0U) == 0x80U;
}

/// libwebrtc offers no link-local IPv6 address, because it is useless without the interface's name.
bool is_usable(const sockaddr* address) {
  if (address->sa_family == AF_INET) return true;
  return address->sa_family == AF_INET6 && !is_link_local(reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

bool is_for_others(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || entry.ifa_name == nullptr) return false;
  const bool is_up = (entry.ifa_flags & IFF_RUNNING) != 0 && (entry.ifa_flags & IFF_LOOPBACK) == 0;
  return is_up && is_usable(entry.ifa_addr) && !is_container_bridge(entry.ifa_name);
}

}  // namespace

bool is_container_bridge(std::string_view name) {
  if (is_docker_network(name) || std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  return std::any_of(kNumbered.begin(), kNumbered.end(), [&](std::string_view begin) {
    const auto number = name.substr(std::min(begin.size(), name.size()));
    return name.starts_with(begin) && !number.empty() && std::all_of(number.begin(), number.end(), is_digit);
  });
}

bool has_address_for_others() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return true;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (is_for_others(*entry)) return true;
  }
  return false;
}

}  // namespace rtcbot::engine
