#pragma once

#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::app {

/// Where a link that signs a person in leads.
struct SignInLink {
  /// "https://example.org:8443", or "https://example.org/robots" below a proxy's path; without a slash at the end.
  std::string origin{};
  bool is_readable_on_the_way = false;  ///< Without TLS, and not within one machine.
};

/// Reads what stands behind `token --link`: http or https, and the host that people reach the server at. Pure.
/// Errors: bad_config, with a sentence that says which of it is missing.
[[nodiscard]] Result<SignInLink> sign_in_link(std::string_view url);

}  // namespace rtcbot::app
