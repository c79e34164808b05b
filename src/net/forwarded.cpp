#include "forwarded.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "rtcbot/net/client_address.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::net {
namespace {

using boost::asio::ip::address;

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// An address as one compares it: an IPv4 one that came by IPv6 is the IPv4 one.
std::optional<address> address_of(std::string_view text) {
  boost::system::error_code error;
  auto found = boost::asio::ip::make_address(host_of_remote(text), error);
  if (error) return std::nullopt;
  if (found.is_v6() && found.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, found.to_v6());
  }
  return found;
}

bool is_proxy(const std::optional<address>& where, const std::vector<std::string>& proxies) {
  return where && std::any_of(proxies.begin(), proxies.end(), [&](const std::string& proxy) {
           const auto known = address_of(proxy);
           return known == where;
         });
}

std::string take_header(HttpRequest& request, const char* name) {
  const auto found = request.headers.extract(name);
  return found.empty() ? std::string() : found.mapped();
}

/// The last entry of a list of comma-separated ones; `list` keeps what stood before it.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const auto last = trimmed(comma == std::string_view::npos ? list : list.substr(comma + 1));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  return last;
}

std::optional<address> client_of(std::string_view list, const std::vector<std::string>& proxies) {
  std::optional<address> client;
  while (!list.empty()) {
    const auto named = address_of(take_last(list));
    if (!named) break;
    client = named;
    if (!is_proxy(named, proxies)) break;
  }
  return client;
}

}  // namespace

void apply_forwarded(HttpRequest& request, const std::vector<std::string>& proxies) {
  const auto clients = take_header(request, "x-forwarded-for");
  const auto scheme = take_header(request, "x-forwarded-proto");
  const auto host = take_header(request, "x-forwarded-host");
  if (proxies.empty() || !is_proxy(address_of(request.remote_address), proxies)) return;
  request.came_by_proxy = true;
  if (const auto client = client_of(clients, proxies)) {
    const bool is_v6 = client->is_v6();
    auto text = std::string(is_v6 ? 1 : 0, '[');
    text.append(client->to_string()).append(is_v6 ? "]:0" : ":0");
    request.remote_address = std::move(text);
  }
  std::string_view schemes(scheme);
  if (const auto said = take_last(schemes); !said.empty()) request.is_secure = said == "https" || said == "wss";
  std::string_view hosts(host);
  if (const auto said = take_last(hosts); is_host(said)) request.headers["host"] = said;
}

}  // namespace rtcbot::net
