#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "rtcbot/access/credential.hpp"
#include "rtcbot/access/secrets.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::server {

/// What a credential says, without the credential: {"id", "role", "robots", "owner", "issued", "expires"}, times in
/// seconds of Unix time; no "owner" where it has none.
[[nodiscard]] nlohmann::ordered_json description_of(const access::Credential& grant);

/// Adds a token to the list of those that were made, a file of one JSON object a line that its owner alone may read.
/// Forgets those that have expired when the file is larger than 4 MiB.  Errors: bad_config.
[[nodiscard]] Result<void> add_to_token_list(const std::string& path, const nlohmann::ordered_json& token,
                                             access::UnixTime now);

/// The tokens of that list that have not expired, oldest first, each with "revoked": true or false. A line that cannot
/// be read is left out. None where the file does not exist.  Errors: bad_config.
[[nodiscard]] Result<std::vector<nlohmann::ordered_json>> read_token_list(const std::string& path,
                                                                          const access::Revocations& revocations,
                                                                          access::UnixTime now);

/// A table for people, with a line of headings.
[[nodiscard]] std::string table_of(const std::vector<nlohmann::ordered_json>& tokens);

}  // namespace rtcbot::server
