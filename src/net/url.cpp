#include "url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/net/web_socket.hpp"

namespace rtcbot::net {
namespace {

constexpr std::size_t kUrlLimit = 4096;
constexpr std::size_t kHostLimit = 253;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'; }
bool is_hex(char c) { return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f'); }

std::optional<bool> is_secure(std::string_view scheme) {
  const auto name = ascii_lower(scheme);
  if (name == "ws" || name == "http") return false;
  if (name == "wss" || name == "https") return true;
  return std::nullopt;
}

bool is_host_name(std::string_view host) {
  const auto fits = [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; };
  return !host.empty() && host.size() <= kHostLimit && std::all_of(host.begin(), host.end(), fits);
}

bool is_ipv6(std::string_view host) {
  const auto fits = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
  return host.size() >= 2 && host.size() <= 45 && host.find(':') != host.npos &&
         std::all_of(host.begin(), host.end(), fits);
}

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

tl::unexpected<Error> bad(std::string_view text, const std::string& why) {
  // The error message must not put a password into a log.
  const bool secret = text.find('@') != text.npos;
  std::string sentence = "This URL";
  if (!secret) sentence.append(" (").append(text.substr(0, 200)).append(")");
  sentence.append(" is not the address of a WebSocket: ").append(why).append(". Write it like ws://host:8080/ws");
  return fail(Errc::bad_address, sentence);
}

struct Authority {
  std::string_view host;
  std::string_view port;  ///< With its colon; empty: none.
};

std::optional<Authority> split_authority(std::string_view authority) {
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == authority.npos || !is_ipv6(authority.substr(1, end - 1))) return std::nullopt;
    return Authority{authority.substr(1, end - 1), authority.substr(end + 1)};
  }
  const auto colon = std::min(authority.find(':'), authority.size());
  if (!is_host_name(authority.substr(0, colon))) return std::nullopt;
  return Authority{authority.substr(0, colon), authority.substr(colon)};
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kUrlLimit) return bad(text, "it is longer than 4096 bytes");
  const auto unprintable = [](char c) { return c <= ' ' || c > '~'; };
  if (std::any_of(text.begin(), text.end(), unprintable))
    return bad("", "it contains a space or a non-ASCII character");
  const auto colon = text.find("://");
  if (colon == text.npos) return bad(text, "it does not begin with ws:// or wss://");
  const auto secure = is_secure(text.substr(0, colon));
  if (!secure) return bad(text, "only ws, wss, http and https are known");
  const auto rest = text.substr(colon + 3);
  if (rest.find('#') != rest.npos) return bad(text, "it has a fragment ('#')");

  const auto slash = std::min(rest.find_first_of("/?"), rest.size());
  if (rest.substr(0, slash).find('@') != rest.npos) return bad(text, "it has a user name or a password");
  const auto authority = split_authority(rest.substr(0, slash));
  if (!authority) return bad(text, "its host is neither a name nor an IP address");

  Url url{
      .secure = *secure, .host = std::string(authority->host), .port = 80, .target = std::string(rest.substr(slash))};
  if (url.secure) url.port = 443;
  if (!authority->port.empty()) {
    const auto port = authority->port.starts_with(':') ? read_port(authority->port.substr(1)) : std::nullopt;
    if (!port) return bad(text, "its port is not a number from 1 to 65535");
    url.port = *port;
  }
  if (!url.target.starts_with('/')) url.target = std::string("/").append(url.target);
  return url;
}

std::string host_field(const Url& url) {
  const bool is_literal = url.host.find(':') != url.host.npos;
  std::string field;
  field.append(is_literal ? "[" : "").append(url.host).append(is_literal ? "]" : "");
  const std::uint16_t usual = url.secure ? 443 : 80;
  if (url.port != usual) field.append(":").append(std::to_string(url.port));
  return field;
}

Result<void> check_url(std::string_view url) {
  if (const auto parsed = parse_url(url); !parsed) return fail(parsed.error());
  return {};
}

}  // namespace rtcbot::net
