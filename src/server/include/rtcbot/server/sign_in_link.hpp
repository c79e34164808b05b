#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::server {

/// The target of a sign-in link.
struct SignInLink {
  /// "https://example.org:8443", or "https://example.org/robots" below a proxy's path; without a final slash.
  std::string origin{};
  bool is_readable_on_the_way = false;  ///< Without TLS, and not within one machine.
};

/// Parses the value of `token --link`: http or https, and the host at which people reach the server. Pure.
/// Errors: bad_config, with a sentence that says which part is missing.
[[nodiscard]] Result<SignInLink> sign_in_link(std::string_view url);

}  // namespace rtcbot::server
