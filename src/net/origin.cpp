#include "rtcbot/net/origin.hpp"

#include <boost/asio/ip/address_v6.hpp>
#include <charconv>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::net {
namespace {

constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

std::uint16_t default_port(std::string_view scheme) { return scheme == "https" ? kHttpsPort : kHttpPort; }

/// Normalises "[::1]" or "example.org". An IPv6 address has one form only, as in browsers.
std::string host_text(std::string_view host) {
  if (!host.starts_with('[')) return ascii_lower(host);
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address_v6(std::string(host.substr(1, host.size() - 2)), error);
  return error ? ascii_lower(host) : std::string("[").append(address.to_string()).append("]");
}

std::string http_scheme(std::string_view scheme) {
  const auto text = ascii_lower(scheme);
  if (text == "ws") return "http";
  return text == "wss" ? "https" : text;
}

}  // namespace

std::string Origin::text() const {
  auto result = std::string(scheme).append("://").append(host);
  if (port != default_port(scheme)) result.append(":").append(std::to_string(port));
  return result;
}

std::optional<Origin> origin_of_host(std::string_view scheme, std::string_view host) {
  if (!is_host(host)) return std::nullopt;
  Origin origin{http_scheme(scheme), {}, 0};
  if (origin.scheme != "http" && origin.scheme != "https") return std::nullopt;
  const auto name_end = host.starts_with('[') ? host.find(']') + 1 : std::min(host.find(':'), host.size());
  origin.host = host_text(host.substr(0, name_end));
  origin.port = default_port(origin.scheme);
  if (name_end < host.size()) std::from_chars(host.data() + name_end + 1, host.data() + host.size(), origin.port);
  return origin;
}

std::optional<Origin> parse_origin(std::string_view text) {
  const auto mark = text.find("://");
  if (mark == std::string_view::npos) return std::nullopt;
  auto host = text.substr(mark + 3);
  if (host.ends_with('/')) host.remove_suffix(1);
  return origin_of_host(text.substr(0, mark), host);
}

}  // namespace rtcbot::net
