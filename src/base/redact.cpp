#include "rtcbot/base/redact.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "rtcbot/base/ascii.hpp"

namespace rtcbot {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kEndsUrl = " \t\r\n\"'<>\\";
constexpr std::array<std::string_view, 7> kSecretNames{"password", "passwd", "passphrase", "pwd",
                                                       "-pw",      "secret", "token"};

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Returns the position of the '@' that ends user name and password; npos if there are none.
std::size_t end_of_credentials(std::string_view url) {
  const auto authority = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) return at;
  // "user:pa/ss@host": the text after the colon is not a port, so the password contains the '/'.
  const auto colon = authority.rfind(':');
  const bool has_address = colon == std::string_view::npos || authority.starts_with('[');
  if (has_address || is_port(authority.substr(colon + 1))) return std::string_view::npos;
  return url.rfind('@');
}

/// Returns the password of a URL, given the text after "://"; empty if there is none.
std::string_view password_of(std::string_view url) {
  const auto at = end_of_credentials(url);
  if (at == std::string_view::npos) return {};
  const auto colon = url.substr(0, at).find(':');
  if (colon == std::string_view::npos) return {};
  return url.substr(colon + 1, at - colon - 1);
}

std::string hide_in_urls(std::string_view text) {
  constexpr std::string_view kMark = "://";
  std::string result;
  for (auto mark = text.find(kMark); mark != std::string_view::npos; mark = text.find(kMark)) {
    result.append(text.substr(0, mark + kMark.size()));
    text.remove_prefix(mark + kMark.size());
    const auto password = password_of(text.substr(0, text.find_first_of(kEndsUrl)));
    if (password.empty()) continue;
    const auto begin = static_cast<std::size_t>(password.data() - text.data());
    result.append(text.substr(0, begin)).append(kHidden);
    text.remove_prefix(begin + password.size());
  }
  return result.append(text);
}

bool names_a_secret(std::string_view before_equals) {
  before_equals.remove_prefix(before_equals.size() - std::min<std::size_t>(before_equals.size(), 16));
  const auto name = ascii_lower(trim(before_equals, " "));
  return std::any_of(kSecretNames.begin(), kSecretNames.end(),
                     [&](std::string_view secret) { return name.ends_with(secret); });
}

/// Returns the value after '=': the text within the quotes, or up to the next separator.
std::string_view value_at(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(' '), text.size());
  text.remove_prefix(begin);
  if (!text.empty() && (text[0] == '"' || text[0] == '\'')) {
    const auto inside = text.substr(1);
    return inside.substr(0, inside.find(text[0]));
  }
  return text.substr(0, text.find_first_of(" \t\r\n&\"'"));
}

std::string hide_values(std::string_view text) {
  std::string result;
  for (auto equals = text.find('='); equals != std::string_view::npos; equals = text.find('=')) {
    const auto value = names_a_secret(text.substr(0, equals)) ? value_at(text.substr(equals + 1)) : std::string_view();
    const auto end = value.empty() ? equals + 1 : static_cast<std::size_t>(value.data() - text.data());
    result.append(text.substr(0, end)).append(value.empty() ? "" : kHidden);
    text.remove_prefix(end + value.size());
  }
  return result.append(text);
}

}  // namespace

std::string without_passwords(std::string_view text) { return hide_values(hide_in_urls(text)); }

}  // namespace rtcbot
