#include "place_to_open.hpp"

#include <algorithm>
#include <iterator>

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

}  // namespace

std::vector<std::string> urls_to_open(const ListeningPlace& place, const std::vector<std::string>& own_addresses) {
  std::vector<std::string> urls;
  for (const auto& host : hosts_of(place, own_addresses)) {
    if (urls.size() < kMax) urls.push_back(url_of(place, host));
  }
  return urls;
}

std::vector<std::string> addresses_for_others(const std::vector<device::InterfaceAddress>& all) {
  std::vector<std::string> addresses;
  for (const auto& entry : all) {
    if (leads_to_others(entry) && !entry.is_link_local) addresses.push_back(entry.address);
  }
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const std::string& address) { return address.find(':') == std::string::npos; });
  return addresses;
}

}  // namespace rtcbot::server
