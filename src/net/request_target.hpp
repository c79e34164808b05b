#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::net {

/// The target of a request: decoded path and raw query.
struct RequestTarget {
  std::string path;   ///< Starts with '/'; contains neither NUL nor a ".." segment.
  std::string query;  ///< Without the '?', not decoded.

  friend bool operator==(const RequestTarget&, const RequestTarget&) = default;
};

/// Parses the target of a request line ("/a%20b?c=d" or "http://host/a"). Returns nothing if it is malformed or if the
/// decoded path could leave a directory: ".." segments, backslashes, control characters. Pure.
[[nodiscard]] std::optional<RequestTarget> parse_target(std::string_view target);

}  // namespace rtcbot::net
