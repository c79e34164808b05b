#include "rtcbot/server/place_to_open.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <memory>

namespace rtcbot::server {
namespace {

constexpr std::size_t kMax = 5;

bool is_any(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

std::vector<std::string> hosts_of(const ListeningPlace& place, const std::vector<std::string>& own) {
  if (place.is_behind_proxy || !place.hosts.empty()) return place.hosts;
  if (!is_any(place.address)) return {place.address};
  std::vector<std::string> hosts{"localhost"};
  // A socket of IPv4 alone is not reached by an IPv6 address.
  std::copy_if(own.begin(), own.end(), std::back_inserter(hosts), [&](const std::string& address) {
    return place.address == "::" || address.find(':') == std::string::npos;
  });
  return hosts;
}

std::string url_of(const ListeningPlace& place, const std::string& host) {
  const bool is_secure = place.is_encrypted || place.is_behind_proxy;
  std::string url = is_secure ? "https://" : "http://";
  const bool is_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  url.append(is_ipv6 ? "[" : "").append(host).append(is_ipv6 ? "]" : "");
  if (!place.is_behind_proxy && place.port != (is_secure ? 443 : 80))
    url.append(":").append(std::to_string(place.port));
  return url.append("/");
}

/// Empty for what nobody else reaches.
std::string text_of(const ifaddrs& each) {
  if (each.ifa_addr == nullptr || (each.ifa_flags & IFF_UP) == 0 || (each.ifa_flags & IFF_LOOPBACK) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (each.ifa_addr->sa_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in*>(each.ifa_addr)->sin_addr;
    if ((ntohl(address.s_addr) >> 16U) == 0xA9FE) return {};  // 169.254.0.0/16, RFC 3927
    return inet_ntop(AF_INET, &address, text.data(), text.size());
  }
  if (each.ifa_addr->sa_family != AF_INET6) return {};
  const auto& address = reinterpret_cast<const sockaddr_in6*>(each.ifa_addr)->sin6_addr;
  if (IN6_IS_ADDR_LINKLOCAL(&address)) return {};
  return inet_ntop(AF_INET6, &address, text.data(), text.size());
}

}  // namespace

std::vector<std::string> urls_to_open(const ListeningPlace& place, const std::vector<std::string>& own_addresses) {
  std::vector<std::string> urls;
  for (const auto& host : hosts_of(place, own_addresses)) {
    if (urls.size() < kMax) urls.push_back(url_of(place, host));
  }
  return urls;
}

std::vector<std::string> own_addresses() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owned(list, &freeifaddrs);
  std::vector<std::string> addresses;
  for (const auto* each = list; each != nullptr; each = each->ifa_next) {
    if (auto text = text_of(*each); !text.empty()) addresses.push_back(std::move(text));
  }
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const std::string& address) { return address.find(':') == std::string::npos; });
  return addresses;
}

}  // namespace rtcbot::server
