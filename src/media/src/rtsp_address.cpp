#include "rtsp_address.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/redact.hpp"

namespace rtcbot::media {
namespace {

constexpr std::array<std::string_view, 8> kSchemes{"rtsp",  "rtspt",  "rtspu",  "rtsph",
                                                   "rtsps", "rtspst", "rtspsu", "rtspsh"};

std::string_view scheme_of(std::string_view text) {
  const auto end = text.find("://");
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  const int port = std::stoi(std::string(text));
  return port >= 1 && port <= 65'535;
}

tl::unexpected<Error> raw_character() {
  return fail(Errc::bad_config,
              "the user name or the password in the camera's address has a character that must be escaped. Write @ as "
              "%40, : as %3A, / as %2F, # as %23, ? as %3F, % as %25, and a space as %20, for example "
              "rtsp://user:p%40ss@192.0.2.7/stream for the password p@ss");
}

tl::unexpected<Error> bad(std::string_view text, const std::string& why) {
  return fail(Errc::bad_config, std::string("\"").append(without_passwords(text)) + "\": " + why +
                                    "; write the address as rtsp://USER:PASSWORD@HOST:PORT/PATH");
}

bool stands_as_it_is(std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    if (c <= ' ' || c == 0x7f || c == '@' || c == ':' || c == '"') return false;
    if (c == '%' && (i + 2 >= part.size() || !is_hex(part[i + 1]) || !is_hex(part[i + 2]))) return false;
  }
  return true;
}

/// True for a valid user name and password, or a user name alone.
bool are_credentials(std::string_view text) {
  const auto colon = text.find(':');
  const auto password = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  return stands_as_it_is(text.substr(0, colon)) && stands_as_it_is(password);
}

/// True if the text after an '@' in the path looks like a host. Then the apparent host is a user name.
bool looks_like_a_host(std::string_view text) {
  const auto host = text.substr(0, text.find_first_of(":/?#"));
  const auto fits = [](char c) { return is_digit(c) || c == '.'; };
  return text.starts_with('[') ||
         (std::count(host.begin(), host.end(), '.') == 3 && std::all_of(host.begin(), host.end(), fits));
}

Result<void> check_host(std::string_view text, std::string_view authority, std::string_view rest) {
  const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return bad(text, "the IPv6 address has no closing bracket");
  const auto at = rest.rfind('@');
  const auto colon = authority.find(':', bracket);
  if (colon != std::string_view::npos && !is_port(authority.substr(colon + 1))) {
    if (at != std::string_view::npos) return raw_character();
    return bad(text, "the port is not a number from 1 to 65535");
  }
  if (colon != std::string_view::npos && at != std::string_view::npos && looks_like_a_host(rest.substr(at + 1))) {
    return raw_character();
  }
  if (authority.substr(0, colon).empty()) return bad(text, "it names no host");
  return {};
}

}  // namespace

bool is_rtsp_address(std::string_view text) {
  const auto scheme = ascii_lower(scheme_of(text));
  return std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end();
}

Result<void> check_rtsp_address(std::string_view text) {
  const auto url = text.substr(scheme_of(text).size() + 3);
  const auto end = std::min(url.find_first_of("/?#"), url.size());
  const auto authority = url.substr(0, end);
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return check_host(text, authority, url.substr(end));
  if (!are_credentials(authority.substr(0, at))) return raw_character();
  return check_host(text, authority.substr(at + 1), {});
}

}  // namespace rtcbot::media
