#pragma once

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "rtcbot/access/token.hpp"

namespace rtcbot::access::testing {

using namespace std::chrono_literals;

/// A day in 2026, the present time of these tests.
inline constexpr UnixTime kNow{std::chrono::seconds(1'790'000'000)};

inline RobotPattern pattern(std::string_view text) { return RobotPattern::parse(text).value(); }
inline signal::RobotName named(std::string_view text) { return signal::RobotName::parse(text).value(); }

inline Secret secret(const std::string& name = "first", char letter = 'k') { return {name, std::string(43, letter)}; }

inline Credential grant(Role role = Role::drive, std::string_view robots = "rover*") {
  return {.role = role,
          .robots = {pattern(robots)},
          .issued = kNow,
          .not_before = kNow,
          .expires = kNow + 24h,
          .id = "id-1",
          .owner = "anna"};
}

inline std::string token(const Credential& of = grant(), const Secret& by = secret()) { return sign(of, by).value(); }

inline std::string base64url(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  text.erase(text.find_last_not_of('=') + 1);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

/// Makes a token with any header and claims, signed with `key` and `digest`, to test keys and claims that `sign` does
/// not use.
inline std::string forged(std::string_view header, std::string_view claims, const std::string& key = secret().key,
                          const EVP_MD* digest = EVP_sha256()) {
  const auto body = base64url(header) + "." + base64url(claims);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(body.data()),
       body.size(), mac.data(), &size);
  return body + "." + base64url({reinterpret_cast<const char*>(mac.data()), size});
}

inline constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT","kid":"first"})";
inline constexpr std::string_view kClaims =
    R"({"jti":"a","role":"admin","robots":["*"],"iat":1790000000,"exp":1790003600})";

/// The fault that `verify` finds with the one secret "first"; nothing for a valid token.
inline std::optional<Fault> fault_of(std::string_view text, const Secrets& secrets = Secrets(secret()),
                                     const Revocations& revocations = {}, UnixTime now = kNow) {
  const auto verified = verify(text, secrets, revocations, now);
  return verified ? std::nullopt : std::optional(verified.error());
}

}  // namespace rtcbot::access::testing
