#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::net {

/// Where a page comes from: scheme, host and port. Two texts are the same origin if all three are equal, in lower case
/// and with the scheme's own port where none is written.  Source: RFC 6454 sections 4 and 5.
struct Origin {
  std::string scheme{};    ///< "http" or "https".
  std::string host{};      ///< In lower case; an IPv6 address in brackets, in its shortest form.
  std::uint16_t port = 0;  ///< Never 0 in an origin that was parsed.

  /// "https://example.org", with the port where it is not the scheme's own.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// Reads "https://Example.org:443", in any case; a '/' at the end is allowed. Schemes of WebSockets are those of HTTP.
/// Nothing for "null", a path, a person's name, or another scheme.
[[nodiscard]] std::optional<Origin> parse_origin(std::string_view text);

/// The origin of a server that was asked by that Host field. Nothing if the field is not valid (`is_host`).
[[nodiscard]] std::optional<Origin> origin_of_host(std::string_view scheme, std::string_view host);

}  // namespace rtcbot::net
