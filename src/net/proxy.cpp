#include "proxy.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <charconv>
#include <cstdlib>

#include "rtcbot/base/ascii.hpp"

namespace rtcbot::net {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> address_of(const std::string& host) {
  boost::system::error_code error;
  const auto address = ip::make_address(host, error);
  if (error) return std::nullopt;
  const bool is_mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return is_mapped ? ip::address(ip::make_address_v4(ip::v4_mapped, address.to_v6())) : address;
}

bool is_this_machine(const Url& url) {
  const std::string host = ascii_lower(url.host);
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto address = address_of(host);
  return address && address->is_loopback();
}

/// True if the address is in a network like "10.0.0.0/8", or equals a single address.
bool is_in_network(const ip::address& address, const std::string& network) {
  if (const auto alone = address_of(network)) return address == *alone;
  boost::system::error_code error;
  if (address.is_v4()) {
    const auto v4 = ip::make_network_v4(network, error);
    return !error && ip::network_v4(address.to_v4(), v4.prefix_length()).canonical() == v4.canonical();
  }
  const auto v6 = ip::make_network_v6(network, error);
  return !error && ip::network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6.canonical();
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

/// Removes ":PORT", also after "[…]", and the brackets.
std::optional<std::uint16_t> take_port(std::string_view& text) {
  std::optional<std::uint16_t> port;
  const auto colon = text.rfind(':');
  const bool may_have = text.starts_with('[') ? text.find("]:") != text.npos : text.find(':') == colon;
  if (colon != text.npos && may_have) {
    port = port_of(text.substr(colon + 1));
    if (port) text = text.substr(0, colon);
  }
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  return port;
}

bool names(std::string_view entry, const Url& url) {
  if (entry == "*") return true;
  const auto port = take_port(entry);
  if (port && *port != url.port) return false;
  const std::string host = ascii_lower(url.host);
  if (const auto address = address_of(host)) return is_in_network(*address, std::string(entry));
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('.')) entry.remove_prefix(1);
  const std::string name = ascii_lower(entry);
  return !name.empty() && (host == name || host.ends_with("." + name));
}

std::string decoded(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    unsigned value = 0;
    const auto hex = text.substr(0, 3);
    const bool is_escape = hex.size() == 3 && hex[0] == '%' &&
                           std::from_chars(hex.data() + 1, hex.data() + 3, value, 16).ptr == hex.data() + 3;
    result += is_escape ? static_cast<char>(value) : text[0];
    text.remove_prefix(is_escape ? 3 : 1);
  }
  return result;
}

tl::unexpected<Error> bad(const std::string& variable, const std::string& why) {
  return fail(
      Errc::bad_config,
      variable + " " + why +
          "; write it as http://[USER:PASSWORD@]HOST:PORT, with %40 %3A %2F for @ : / in user name and password");
}

Result<Proxy> parse_proxy(const std::string& variable, std::string_view text) {
  if (const auto end = text.find("://"); end != text.npos) {
    if (ascii_lower(text.substr(0, end)) != "http") return bad(variable, "must name a proxy with http://");
    text.remove_prefix(end + 3);
  }
  Proxy proxy;
  text = text.substr(0, text.find_first_of("/?#"));
  if (const auto at = text.rfind('@'); at != text.npos) {
    proxy.credentials = decoded(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  const bool has_port = text.find(':', text.starts_with('[') ? text.find(']') : 0) != text.npos;
  const auto port = take_port(text);
  if (has_port && !port) return bad(variable, "has a port that is not a number from 1 to 65535");
  proxy.port = port.value_or(proxy.port);
  proxy.host = text;
  const auto url = parse_url("http://" + (text.find(':') == text.npos ? proxy.host : "[" + proxy.host + "]"));
  if (!url) return bad(variable, "names no host");
  return proxy;
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string first_of(const std::string& a, const std::string& b) { return a.empty() ? b : a; }

}  // namespace

bool is_in_no_proxy(const Url& url, std::string_view list) {
  while (!list.empty()) {
    const auto end = std::min(list.find_first_of(", \t"), list.size());
    if (end > 0 && names(list.substr(0, end), url)) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

Result<std::optional<Proxy>> proxy_for(const Url& url, const ProxySettings& settings) {
  const std::string& wanted = url.secure ? settings.https : settings.http;
  if (wanted.empty() || is_this_machine(url) || is_in_no_proxy(url, settings.none)) return std::optional<Proxy>();
  auto proxy = parse_proxy(url.secure ? "https_proxy" : "http_proxy", wanted);
  if (!proxy) return fail(proxy.error());
  return std::optional<Proxy>(std::move(*proxy));
}

ProxySettings proxy_settings_of_environment() {
  const std::string all = first_of(variable("all_proxy"), variable("ALL_PROXY"));
  // HTTP_PROXY in capitals is ignored: in a CGI program it may come from a request's header.
  return {.http = first_of(variable("http_proxy"), all),
          .https = first_of(first_of(variable("https_proxy"), variable("HTTPS_PROXY")), all),
          .none = first_of(variable("no_proxy"), variable("NO_PROXY"))};
}

}  // namespace rtcbot::net
