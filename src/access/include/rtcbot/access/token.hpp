#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "rtcbot/access/credential.hpp"
#include "rtcbot/access/secrets.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::access {

/// The reason why a token is rejected.
enum class Fault {
  malformed,        ///< Not three parts of base64url, too long, or without JSON inside.
  wrong_algorithm,  ///< Not HS256; in particular "none".
  unknown_secret,   ///< Its `kid` is not a secret of this server: the secret was rotated out, or belongs to another
                    ///< server.
  bad_signature,    ///< Created or changed without the secret.
  bad_claims,       ///< Signed, but a claim is missing, unknown in value or over its limit.
  expired,
  not_yet_valid,  ///< Issued or valid from a time in the future. One of the clocks is wrong.
  revoked,
};

/// A sentence for the person who uses the token; reveals nothing else about a token that is not genuine.
[[nodiscard]] std::string sentence_of(Fault fault);
/// For logs: the enumerator's spelling.
[[nodiscard]] std::string_view name_of(Fault fault);

/// Tolerated clock error when checking validity times.
inline constexpr std::chrono::seconds kLeeway{60};
/// Maximum size of a token, and of every cookie and header field that is parsed.
inline constexpr std::size_t kMaxTokenBytes = 4096;
/// Maximum lifetime of a token.
inline constexpr std::chrono::hours kMaxLife{24 * 3660};

/// Creates a JSON Web Token (RFC 7519, HS256) from `grant`.  Errors: bad_config if a field of the grant is missing or
/// over its limit; internal.
[[nodiscard]] Result<std::string> sign(const Credential& grant, const Secret& secret);

/// A person's credential in a link. It is not a credential itself, but can be exchanged a few times for the token of
/// its grant. Copies of the link in histories and mails become useless.
struct LinkCode {
  static constexpr int kMaxUses = 1000;
  Credential grant{};
  int uses = 1;      ///< How often it may be exchanged, 1 to kMaxUses; counted by `LinkUses`.
  UnixTime until{};  ///< When the link expires; the token may live longer.
  friend bool operator==(const LinkCode&, const LinkCode&) = default;
};

/// Creates a link's code in the form of a token, which `verify` rejects.  Errors: as `sign`.
[[nodiscard]] Result<std::string> sign_link(const LinkCode& code, const Secret& secret);
/// True if a text claims to be a link's code; `verify_link` checks it.
[[nodiscard]] bool is_link_code(std::string_view token);
/// Verifies a link's code of unknown origin.
[[nodiscard]] tl::expected<LinkCode, Fault> verify_link(std::string_view token, const Secrets& secrets,
                                                        const Revocations& revocations, UnixTime now);

/// Verifies a token of unknown origin. Its duration reveals nothing about the correct signature.
[[nodiscard]] tl::expected<Credential, Fault> verify(std::string_view token, const Secrets& secrets,
                                                     const Revocations& revocations, UnixTime now);

}  // namespace rtcbot::access
