#include "rtcbot-server/sign_in_link.hpp"

#include "rtcbot/net/client_address.hpp"
#include "rtcbot/net/host_name.hpp"

namespace rtcbot::app {
namespace {

constexpr std::string_view kSecure = "https://";
constexpr std::string_view kPlain = "http://";

/// "127.0.0.1", and not the name "127.example.org".
bool is_v4_loopback(std::string_view name) {
  return name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_loopback(std::string_view host) {
  const auto name = net::host_of_remote(host);
  return name == "localhost" || name.ends_with(".localhost") || name == "::1" || is_v4_loopback(name);
}

}  // namespace

Result<SignInLink> sign_in_link(std::string_view url) {
  const bool is_secure = url.starts_with(kSecure);
  if (!is_secure && !url.starts_with(kPlain)) {
    return fail(Errc::bad_config,
                "--link wants the server's address with https:// (or http://) in front, such as "
                "https://robots.example.org");
  }
  auto host = url.substr(is_secure ? kSecure.size() : kPlain.size());
  while (host.ends_with('/')) host.remove_suffix(1);
  if (!net::is_host(host)) {
    return fail(Errc::bad_config, "--link wants nothing but a host, and perhaps a port, behind " +
                                      std::string(is_secure ? kSecure : kPlain) + ": no path, no name of a person");
  }
  return SignInLink{std::string(is_secure ? kSecure : kPlain).append(host), !is_secure && !is_loopback(host)};
}

}  // namespace rtcbot::app
