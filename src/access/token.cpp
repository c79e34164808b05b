#include "rtcbot/access/token.hpp"

#include <jwt.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

namespace rtcbot::access {
namespace {

using nlohmann::json;
using JwtHandle = std::unique_ptr<jwt_t, decltype(&jwt_free)>;
using CString = std::unique_ptr<char, decltype(&std::free)>;
using Bad = tl::unexpected<Fault>;

/// The claim that turns a token into a link's code: {"uses": N, "until": TIME}.
constexpr const char* kLinkClaim = "link";

const unsigned char* bytes_of(const std::string& key) { return reinterpret_cast<const unsigned char*>(key.data()); }

/// Checks for three parts of base64url with dots between them, before any library parses the token.
bool has_form(std::string_view token) {
  if (token.empty() || token.size() > kMaxTokenBytes || std::count(token.begin(), token.end(), '.') != 2) return false;
  return std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

/// Returns null if the library cannot parse it, or (with a key) if that key did not sign it.
JwtHandle decoded(const std::string& token, const Secret* secret) {
  jwt_t* jwt = nullptr;
  const int failed = secret == nullptr
                         ? jwt_decode(&jwt, token.c_str(), nullptr, 0)
                         : jwt_decode(&jwt, token.c_str(), bytes_of(secret->key), static_cast<int>(secret->key.size()));
  return {failed == 0 ? jwt : nullptr, &jwt_free};
}

std::string header_of(const JwtHandle& jwt, const char* name) {
  const char* value = jwt_get_header(jwt.get(), name);
  return value == nullptr ? std::string() : std::string(value);
}

json claims_of(const JwtHandle& jwt) {
  const CString text(jwt_get_grants_json(jwt.get(), nullptr), &std::free);
  return text ? json::parse(text.get(), nullptr, false) : json(json::value_t::discarded);
}

std::optional<std::string> label_in(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_string()) return std::nullopt;
  auto text = found->get<std::string>();
  return is_label(text) ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<UnixTime> time_in(const json& claims, const char* name) {
  // The years 1970 to 9999, which cannot overflow in calculations.
  constexpr std::int64_t kLatest = 253'402'300'799;
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(kLatest))
    return std::nullopt;
  const auto seconds = found->get<std::int64_t>();
  if (seconds < 0 || seconds > kLatest) return std::nullopt;
  return UnixTime(std::chrono::seconds(seconds));
}

std::optional<std::vector<RobotPattern>> patterns_in(const json& claims) {
  const auto found = claims.find("robots");
  if (found == claims.end() || !found->is_array() || found->empty() || found->size() > Credential::kMaxPatterns) {
    return std::nullopt;
  }
  std::vector<RobotPattern> patterns;
  for (const auto& each : *found) {
    if (!each.is_string()) return std::nullopt;
    auto pattern = RobotPattern::parse(each.get<std::string>());
    if (!pattern) return std::nullopt;
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

std::optional<Role> role_in(const json& claims) {
  const auto found = claims.find("role");
  return found != claims.end() && found->is_string() ? role_named(found->get<std::string>()) : std::nullopt;
}

/// Rejects claims with missing or unknown values, rather than using defaults.
std::optional<Credential> grant_in(const json& claims) {
  if (!claims.is_object()) return std::nullopt;
  if (claims.contains(kLinkClaim))
    return std::nullopt;  // A link's code must be exchanged; it is not a credential
                          // itself.
  const auto role = role_in(claims);
  auto robots = patterns_in(claims);
  const auto issued = time_in(claims, "iat");
  const auto expires = time_in(claims, "exp");
  const auto not_before = claims.contains("nbf") ? time_in(claims, "nbf") : issued;
  auto id = label_in(claims, "jti");
  auto owner = claims.contains("sub") ? label_in(claims, "sub") : std::optional(std::string());
  if (!role || !robots || !issued || !expires || !not_before || !id || !owner) return std::nullopt;
  return Credential{.role = *role,
                    .robots = std::move(*robots),
                    .issued = *issued,
                    .not_before = *not_before,
                    .expires = *expires,
                    .id = std::move(*id),
                    .owner = std::move(*owner)};
}

std::optional<LinkCode> link_in(json claims) {
  if (!claims.is_object() || !claims.contains(kLinkClaim)) return std::nullopt;
  const auto link = claims.at(kLinkClaim);
  claims.erase(kLinkClaim);
  auto grant = grant_in(claims);
  if (!grant || !link.is_object()) return std::nullopt;
  const auto uses = link.find("uses");
  const auto until = time_in(link, "until");
  const bool is_count = uses != link.end() && uses->is_number_integer() && *uses >= 1 && *uses <= LinkCode::kMaxUses;
  if (!is_count || !until) return std::nullopt;
  return LinkCode{std::move(*grant), uses->get<int>(), *until};
}

json claims_from(const Credential& grant) {
  json claims{{"jti", grant.id},
              {"role", name_of(grant.role)},
              {"iat", grant.issued.time_since_epoch().count()},
              {"exp", grant.expires.time_since_epoch().count()}};
  auto& robots = claims["robots"] = json::array();
  for (const auto& pattern : grant.robots) robots.push_back(pattern.text());
  if (grant.not_before != grant.issued) claims["nbf"] = grant.not_before.time_since_epoch().count();
  if (!grant.owner.empty()) claims["sub"] = grant.owner;
  return claims;
}

/// Rejects a grant that `grant_in` could not read back.
std::optional<Error> fault_of(const Credential& grant) {
  auto readable = grant_in(claims_from(grant));
  if (readable) readable->secret = grant.secret;
  if (readable == grant && grant.expires > grant.issued && grant.expires - grant.issued <= kMaxLife)
    return std::nullopt;
  return Error(Errc::bad_config,
               "a token needs an id, 1 to 32 patterns of robots' names, and an end at most ten years after its start; "
               "id and owner are 1 to 64 of A-Z a-z 0-9 _ . @ + -");
}

Result<std::string> signed_text(const json& claims, const Secret& secret) {
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0) return fail(Errc::internal, "libjwt cannot create a token");
  const JwtHandle jwt(made, &jwt_free);
  const bool is_set = jwt_add_grants_json(made, claims.dump().c_str()) == 0 &&
                      jwt_add_header(made, "kid", secret.name.c_str()) == 0 &&
                      jwt_set_alg(made, JWT_ALG_HS256, bytes_of(secret.key), static_cast<int>(secret.key.size())) == 0;
  const CString text(is_set ? jwt_encode_str(made) : nullptr, &std::free);
  if (!text) return fail(Errc::internal, "libjwt cannot sign the token");
  if (std::string_view(text.get()).size() > kMaxTokenBytes) {
    return fail(Errc::bad_config, "the token would be too long; name fewer robots, or use '*'");
  }
  return std::string(text.get());
}

struct Proven {
  json claims{};
  std::string secret{};  ///< The name of the secret that signed it.
};

tl::expected<Proven, Fault> proven_claims(std::string_view token, const Secrets& secrets) {
  if (!has_form(token)) return Bad(Fault::malformed);
  const std::string text(token);
  const auto unproven = decoded(text, nullptr);
  if (!unproven) return Bad(Fault::malformed);
  // The library also accepts "none" and public-key algorithms, for which our key would not be a secret.
  if (header_of(unproven, "alg") != "HS256") return Bad(Fault::wrong_algorithm);
  const CString critical(jwt_get_headers_json(unproven.get(), "crit"), &std::free);
  if (critical) return Bad(Fault::malformed);  // RFC 7515 section 4.1.11: extensions that the recipient must understand
  const auto* secret = secrets.find(header_of(unproven, "kid"));
  if (secret == nullptr) return Bad(Fault::unknown_secret);
  const auto proven = decoded(text, secret);
  if (!proven || jwt_get_alg(proven.get()) != JWT_ALG_HS256) return Bad(Fault::bad_signature);
  return Proven{claims_of(proven), secret->name};
}

tl::expected<Credential, Fault> check_times(Credential grant, const Revocations& revocations, UnixTime now) {
  const bool is_bounded = grant.expires > grant.issued && grant.expires - grant.issued <= kMaxLife;
  if (!is_bounded) return Bad(Fault::bad_claims);
  if (now >= grant.expires) return Bad(Fault::expired);
  if (now + kLeeway < std::max(grant.issued, grant.not_before)) return Bad(Fault::not_yet_valid);
  if (revocations.contains(grant.id)) return Bad(Fault::revoked);
  return grant;
}

}  // namespace

std::string sentence_of(Fault fault) {
  switch (fault) {
    case Fault::malformed:
    case Fault::wrong_algorithm:
    case Fault::unknown_secret:
    case Fault::bad_signature:
    case Fault::bad_claims:
      return "This credential is not one of this server's, or was signed by a secret that it no longer uses. Ask the "
             "operator of the server for a new one.";
    case Fault::expired: return "This credential has expired. Ask the operator of the server for a new one.";
    case Fault::not_yet_valid:
      return "This credential is not valid yet. Check the clocks of this server and of the machine that made it.";
    case Fault::revoked: return "This credential was revoked. Ask the operator of the server for a new one.";
  }
  return {};
}

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::malformed: return "malformed";
    case Fault::wrong_algorithm: return "wrong_algorithm";
    case Fault::unknown_secret: return "unknown_secret";
    case Fault::bad_signature: return "bad_signature";
    case Fault::bad_claims: return "bad_claims";
    case Fault::expired: return "expired";
    case Fault::not_yet_valid: return "not_yet_valid";
    case Fault::revoked: return "revoked";
  }
  return "unknown";
}

Result<std::string> sign(const Credential& grant, const Secret& secret) {
  if (const auto wrong = fault_of(grant)) return fail(*wrong);
  return signed_text(claims_from(grant), secret);
}

Result<std::string> sign_link(const LinkCode& code, const Secret& secret) {
  if (const auto wrong = fault_of(code.grant)) return fail(*wrong);
  auto claims = claims_from(code.grant);
  claims[kLinkClaim] = json{{"uses", code.uses}, {"until", code.until.time_since_epoch().count()}};
  if (!link_in(claims)) return fail(Errc::bad_config, "a link needs 1 to 1000 uses and an expiry");
  return signed_text(claims, secret);
}

bool is_link_code(std::string_view token) {
  if (!has_form(token)) return false;
  const auto unproven = decoded(std::string(token), nullptr);
  const auto claims = unproven ? claims_of(unproven) : json();
  return claims.is_object() && claims.contains(kLinkClaim);
}

tl::expected<LinkCode, Fault> verify_link(std::string_view token, const Secrets& secrets,
                                          const Revocations& revocations, UnixTime now) {
  const auto proven = proven_claims(token, secrets);
  if (!proven) return Bad(proven.error());
  auto code = link_in(proven->claims);
  if (!code) return Bad(Fault::bad_claims);
  code->grant.secret = proven->secret;
  auto grant = check_times(code->grant, revocations, now);
  if (!grant) return Bad(grant.error());
  if (now >= code->until) return Bad(Fault::expired);
  return *std::move(code);
}

tl::expected<Credential, Fault> verify(std::string_view token, const Secrets& secrets, const Revocations& revocations,
                                       UnixTime now) {
  const auto proven = proven_claims(token, secrets);
  if (!proven) return Bad(proven.error());
  auto grant = grant_in(proven->claims);
  if (!grant) return Bad(Fault::bad_claims);
  grant->secret = proven->secret;
  return check_times(std::move(*grant), revocations, now);
}

}  // namespace rtcbot::access
