#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "rtcbot/access/grant.hpp"
#include "rtcbot/access/secrets.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::access {

/// Why a token is refused.
enum class Fault {
  malformed,        ///< Not three parts of base64url, too long, or not JSON within.
  wrong_algorithm,  ///< Anything but HS256; "none" above all.
  unknown_secret,   ///< Its `kid` names no secret of this server: it was rotated away, or is another server's.
  bad_signature,    ///< Made or altered without the secret.
  bad_claims,       ///< Signed, but a claim is missing, unknown in value or over its limit.
  expired,
  not_yet_valid,  ///< Issued or beginning in the future. Whose clock is wrong?
  revoked,
};

/// For the person who shows the token; says no more about a token that is not genuine than that.
[[nodiscard]] std::string sentence_of(Fault fault);
/// For the log: the enumerator's spelling.
[[nodiscard]] std::string_view name_of(Fault fault);

/// A clock may be this wrong before a token that is not valid yet, or no more, is refused.
inline constexpr std::chrono::seconds kLeeway{60};
/// No token is longer, and so no cookie and no header that is looked at.
inline constexpr std::size_t kMaxTokenBytes = 4096;
/// No token lives longer.
inline constexpr std::chrono::hours kMaxLife{24 * 3660};

/// A JSON Web Token (RFC 7519, HS256) that says what `grant` says.  Errors: bad_config where a field of the grant is
/// over its limit or missing, internal.
[[nodiscard]] Result<std::string> sign(const Grant& grant, const Secret& secret);

/// A person's credential as it stands in a link: not for use itself, but to be exchanged a few times for the token that
/// its grant stands for. What stays of it in histories and mails opens nothing any more.
struct LinkCode {
  static constexpr int kMaxUses = 1000;
  Grant grant{};
  int uses = 1;      ///< How often it may be exchanged, 1 to kMaxUses. Who counts is `LinkUses`.
  UnixTime until{};  ///< When the link ends; the token may live longer.
  friend bool operator==(const LinkCode&, const LinkCode&) = default;
};

/// A link's code, of the form of a token, which `verify` takes for none.  Errors: as `sign`.
[[nodiscard]] Result<std::string> sign_link(const LinkCode& code, const Secret& secret);
/// Whether a text says of itself that it is a link's code; `verify_link` says whether it is right.
[[nodiscard]] bool is_link_code(std::string_view token);
/// What a link's code of unknown origin says.
[[nodiscard]] tl::expected<LinkCode, Fault> verify_link(std::string_view token, const Secrets& secrets,
                                                        const Revocations& revocations, UnixTime now);

/// What a token of unknown origin grants. The time it takes tells nothing about the signature that would be right.
[[nodiscard]] tl::expected<Grant, Fault> verify(std::string_view token, const Secrets& secrets,
                                                const Revocations& revocations, UnixTime now);

}  // namespace rtcbot::access
