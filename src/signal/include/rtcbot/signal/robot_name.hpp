#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::signal {

/// The name of a robot: the path under which it is found. The empty name is the tutorial's robot at `/connect`.
///
/// A value that is always valid: empty, or 1 to 64 of [A-Za-z0-9_.-] that does not begin with '.' or '_' and is not a
/// path of the server's own.
class RobotName {
 public:
  static constexpr std::size_t kMaxBytes = 64;

  /// The nameless robot.
  RobotName() = default;

  /// Errors: bad_message, with a sentence that says which rule is broken. The empty text is the nameless robot.
  [[nodiscard]] static Result<RobotName> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_nameless() const { return text_.empty(); }

  friend auto operator<=>(const RobotName&, const RobotName&) = default;

 private:
  explicit RobotName(std::string_view text) : text_(text) {}
  std::string text_;
};

}  // namespace rtcbot::signal
