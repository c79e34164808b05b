#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"

namespace rtcbot::signal {

/// The name of a robot, which is also its path. The empty name is the default robot at `/connect`.
///
/// A value that is always valid: empty, or 1 to 64 characters of [A-Za-z0-9_.-] that do not start with '.' or '_' and
/// are not one of the server's own paths.
class RobotName {
 public:
  static constexpr std::size_t kMaxBytes = 64;

  /// The default robot.
  RobotName() = default;

  /// Errors: bad_message, with a sentence that names the broken rule. The empty text is the default robot.
  [[nodiscard]] static Result<RobotName> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_default() const { return text_.empty(); }

  friend auto operator<=>(const RobotName&, const RobotName&) = default;

 private:
  explicit RobotName(std::string_view text) : text_(text) {}
  std::string text_;
};

}  // namespace rtcbot::signal
