#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::net {

/// A page's origin: scheme, host and port. Two origins are equal if all three are equal, in lower case and with the
/// scheme's default port if none is written.  Source: RFC 6454 sections 4 and 5.
struct Origin {
  std::string scheme{};    ///< "http" or "https".
  std::string host{};      ///< Lower case; an IPv6 address in brackets, in its shortest form.
  std::uint16_t port = 0;  ///< Never 0 in a parsed origin.

  /// "https://example.org", with the port if it is not the scheme's default.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Parses "https://Example.org:443", in any case; a '/' at the end is allowed. WebSocket schemes equal those of HTTP.
/// Returns nothing for "null", a path, a user name, or another scheme.
[[nodiscard]] std::optional<Origin> parse_origin(std::string_view text);

/// Returns the origin of a server from the Host field of a request. Nothing if the field is invalid (`is_host`).
[[nodiscard]] std::optional<Origin> origin_of_host(std::string_view scheme, std::string_view host);

}  // namespace rtcbot::net
