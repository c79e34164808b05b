#include "forwarded.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "ip_address.hpp"
#include "rtcbot/base/ascii.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::net {
namespace {

using boost::asio::ip::address;

bool is_tls(std::string_view scheme) {
  const auto lower = ascii_lower(scheme);
  return lower == "https" || lower == "wss";
}

/// Adds the port that the proxy reports to a host without one.
std::string with_port(std::string host, std::string_view port) {
  const bool has_port = host.find(':', host.starts_with('[') ? host.find(']') : 0) != std::string::npos;
  const auto full = std::string(host).append(":").append(port);
  return has_port || !is_host(full) ? host : full;
}

std::string take_header(HttpRequest& request, const char* name) {
  const auto found = request.headers.extract(name);
  return found.empty() ? std::string() : found.mapped();
}

/// Removes and returns the last entry of a comma-separated list.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const auto last = trim(comma == std::string_view::npos ? list : list.substr(comma + 1));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  return last;
}

std::optional<address> client_of(std::string_view list, const std::vector<std::string>& proxies) {
  std::optional<address> client;
  while (!list.empty()) {
    const auto named = address_of(take_last(list));
    if (!named) break;
    client = named;
    if (!is_listed(named, proxies)) break;
  }
  return client;
}

}  // namespace

void apply_forwarded(HttpRequest& request, const std::vector<std::string>& proxies) {
  const auto clients = take_header(request, "x-forwarded-for");
  const auto scheme = take_header(request, "x-forwarded-proto");
  const auto host = take_header(request, "x-forwarded-host");
  const auto port = take_header(request, "x-forwarded-port");
  if (proxies.empty() || !is_listed(address_of(request.remote_address), proxies)) return;
  request.came_by_proxy = true;
  if (const auto client = client_of(clients, proxies)) {
    const bool is_v6 = client->is_v6();
    auto text = std::string(is_v6 ? 1 : 0, '[');
    text.append(client->to_string()).append(is_v6 ? "]:0" : ":0");
    request.remote_address = std::move(text);
  }
  std::string_view schemes(scheme);
  if (const auto said = take_last(schemes); !said.empty()) request.is_secure = is_tls(said);
  std::string_view hosts(host);
  if (const auto said = take_last(hosts); is_host(said)) request.headers["host"] = said;
  std::string_view ports(port);
  const auto known = request.headers.find("host");
  if (known != request.headers.end() && is_host(known->second)) {
    known->second = with_port(known->second, take_last(ports));
  }
}

}  // namespace rtcbot::net
