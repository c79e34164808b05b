#pragma once

#include <string>

namespace rtcbot::server {

/// The files of a server's credentials; the names of all but the first follow from it.
struct CredentialFiles {
  std::string secrets{};      ///< The secrets that sign tokens.
  std::string revocations{};  ///< Ids of revoked tokens.
  std::string links{};        ///< Counts the uses of sign-in links; empty: in memory.
  std::string issued{};       ///< The list of the tokens that were made; empty: none.
};

/// @param secrets the file of secrets; empty: none
/// @param revocations empty: `secrets` with the suffix ".revoked"
[[nodiscard]] inline CredentialFiles credential_files(const std::string& secrets, const std::string& revocations) {
  if (secrets.empty()) return {.revocations = revocations};
  return {.secrets = secrets,
          .revocations = revocations.empty() ? secrets + ".revoked" : revocations,
          .links = secrets + ".links",
          .issued = secrets + ".issued"};
}

}  // namespace rtcbot::server
