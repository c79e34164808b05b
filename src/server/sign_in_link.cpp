#include "rtcbot/server/sign_in_link.hpp"

#include <algorithm>

#include "rtcbot/net/client_address.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::server {
namespace {

constexpr std::string_view kSecure = "https://";
constexpr std::string_view kPlain = "http://";

/// True for "127.0.0.1", false for the name "127.example.org".
bool is_v4_loopback(std::string_view name) {
  return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_loopback(std::string_view host) {
  const auto name = net::host_of_remote(host);
  return name == "localhost" || name.ends_with(".localhost") || name == "::1" || is_v4_loopback(name);
}

/// Characters that a path may hold unescaped (RFC 3986 section 3.3).
bool is_path(std::string_view text) {
  constexpr std::string_view kOther = "/-._~%!$&'()*+,;=:@";
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || kOther.find(c) != kOther.npos;
  });
}

}  // namespace

Result<SignInLink> sign_in_link(std::string_view url) {
  const bool is_secure = url.starts_with(kSecure);
  if (!is_secure && !url.starts_with(kPlain)) {
    return fail(Errc::bad_config,
                "--link requires the server's address with https:// (or http://), such as https://robots.example.org");
  }
  auto rest = url.substr(is_secure ? kSecure.size() : kPlain.size());
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const auto host = rest.substr(0, rest.find('/'));
  if (!net::is_host(host) || !is_path(rest.substr(host.size()))) {
    return fail(
        Errc::bad_config,
        "--link requires a host, optionally a port, and the path if a proxy serves the server below a path, after " +
            std::string(is_secure ? kSecure : kPlain) + ", without user name, '?' and '#'");
  }
  return SignInLink{std::string(is_secure ? kSecure : kPlain).append(rest), !is_secure && !is_loopback(host)};
}

}  // namespace rtcbot::server
