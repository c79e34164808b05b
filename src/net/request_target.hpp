#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::net {

/// What a request asks for: the decoded path and the raw query.
struct RequestTarget {
  std::string path;   ///< Begins with '/'; holds neither NUL nor a ".." segment.
  std::string query;  ///< Without the '?', not decoded.

  friend bool operator==(const RequestTarget&, const RequestTarget&) = default;
};

/// Takes the target of a request line apart ("/a%20b?c=d" or "http://host/a"). Nothing where it is malformed or where
/// the decoded path could climb out of a directory: ".." segments, backslashes, control characters. Pure.
[[nodiscard]] std::optional<RequestTarget> parse_target(std::string_view target);

}  // namespace rtcbot::net
