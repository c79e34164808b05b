#include "rtcbot/access/fields.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "rtcbot/base/ascii.hpp"

namespace rtcbot::access {
namespace {

/// Returns the value of "NAME=VALUE" in a list if that name occurs exactly once.
std::optional<std::string_view> only_value(std::string_view list, char separator, std::string_view name) {
  std::optional<std::string_view> value;
  while (!list.empty()) {
    const auto end = std::min(list.find(separator), list.size());
    const auto pair = trim(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (value) return std::nullopt;
    value = pair.substr(equals + 1);
  }
  return value;
}

std::optional<std::string> form_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    unsigned char byte = 0;
    const auto digits = text.substr(i + 1, 2);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

std::array<unsigned char, SHA256_DIGEST_LENGTH> digest(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> result{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), result.data());
  return result;
}

}  // namespace

std::optional<std::string_view> bearer_in(std::string_view authorization) {
  // Names of schemes are case-insensitive (RFC 9110 section 11.1).
  constexpr std::string_view kLower = "bearer ", kUpper = "BEARER ";
  if (authorization.size() < kLower.size()) return std::nullopt;
  for (std::size_t i = 0; i < kLower.size(); ++i) {
    if (authorization[i] != kLower[i] && authorization[i] != kUpper[i]) return std::nullopt;
  }
  return trim(authorization.substr(kLower.size()));
}

std::optional<std::string_view> cookie_in(std::string_view cookies, std::string_view name) {
  return only_value(cookies, ';', name);
}

std::optional<std::string> form_value_in(std::string_view body, std::string_view name) {
  const auto value = only_value(body, '&', name);
  return value ? form_decoded(*value) : std::nullopt;
}

Result<std::string> pasted_token(std::string_view text) {
  constexpr std::string_view kCode = "code=", kToken = "token=";
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) {
    return fail(Errc::bad_message, "Nothing was pasted. Copy the whole link that you were given.");
  }
  text = text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
  if (const auto code = text.rfind(kCode); code != std::string_view::npos) {
    text.remove_prefix(code + kCode.size());
  } else if (const auto token = text.rfind(kToken); token != std::string_view::npos) {
    text.remove_prefix(token + kToken.size());
  } else if (text.find("://") != std::string_view::npos) {
    return fail(Errc::bad_message,
                "This link contains no code: \"#code=\" and the text after it are missing. Copy the whole link.");
  }
  const auto is_of_token = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
           c == '.';
  };
  if (!std::all_of(text.begin(), text.end(), is_of_token) || std::count(text.begin(), text.end(), '.') != 2) {
    return fail(Errc::bad_message,
                "This text is neither a link of this server nor a credential, or a part of it is missing. Copy the "
                "whole link.");
  }
  return std::string(text);
}

std::string_view cookie_name(Cookie cookie, bool is_secure) {
  if (cookie == Cookie::session) return is_secure ? "__Host-rtcbot-session" : "rtcbot-session";
  return is_secure ? "__Host-rtcbot" : "rtcbot";
}

std::string set_cookie(Cookie cookie, std::string_view value, UnixTime expires, UnixTime now, bool is_secure) {
  const auto age = std::max<std::int64_t>((expires - now).count(), 0);
  std::string text(cookie_name(cookie, is_secure));
  text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=").append(std::to_string(age));
  if (is_secure) text.append("; Secure");
  return text;
}

std::string clear_cookie(Cookie cookie, bool is_secure) {
  return set_cookie(cookie, "", UnixTime(), UnixTime(), is_secure);
}

bool is_session(std::string_view text) {
  constexpr std::size_t kMax = 32;
  return !text.empty() && text.size() <= kMax && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  });
}

std::string session_id(std::string_view cookie) {
  constexpr std::size_t kBytes = 12;
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto hash = digest(cookie);
  std::string id;
  for (std::size_t i = 0; i < kBytes; ++i) {
    id += kHex[hash.at(i) >> 4U];
    id += kHex[hash.at(i) & 15U];
  }
  return id;
}

bool equal_in_constant_time(std::string_view shown, std::string_view expected) {
  const auto a = digest(shown), b = digest(expected);
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace rtcbot::access
