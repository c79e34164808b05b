#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::access {

/// Seconds of Unix time, as tokens count them. Passed in; nothing here reads a clock.
using UnixTime = std::chrono::sys_seconds;

/// What a credential is for.
enum class Role {
  robot,  ///< Be a robot of one of the names.
  watch,  ///< See those robots, and nothing more.
  drive,  ///< See them and send them messages.
  admin,  ///< That, and the server's own figures.
};

/// What somebody wants to do.
enum class Action {
  serve,    ///< Be the robot of that name.
  look,     ///< Know that the robot is there: its page, its place in the list.
  connect,  ///< Put an offer to it.
  drive,    ///< Be heard by it.
  relay,    ///< As a page, be told of STUN and TURN servers; robots are with each offer. Of no robot in particular.
  operate,  ///< Read the server's figures. Of no robot in particular.
};

/// The enumerator's spelling, as it stands in a token.
[[nodiscard]] std::string_view name_of(Role role);
/// Nothing for any other spelling.
[[nodiscard]] std::optional<Role> role_named(std::string_view text);

/// Which robots: a name, a name with `*` in it for any run of characters, or "/" for the robot without a name.
/// "*" alone is all of them, the nameless one too. A value that is always valid.
class RobotPattern {
 public:
  static constexpr std::size_t kMaxStars = 8;

  /// Errors: bad_message, with a sentence that says which rule is broken.
  [[nodiscard]] static Result<RobotPattern> parse(std::string_view text);

  /// At most 64 by 64 steps.
  [[nodiscard]] bool matches(const signal::RobotName& robot) const;
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The one robot that it means; nothing if it may be several.
  [[nodiscard]] std::optional<signal::RobotName> only() const;

  friend bool operator==(const RobotPattern&, const RobotPattern&) = default;

 private:
  explicit RobotPattern(std::string_view text) : text_(text) {}
  std::string text_;
};

/// What a credential says, once it has been found to be genuine.
struct Grant {
  static constexpr std::size_t kMaxPatterns = 32;
  static constexpr std::size_t kMaxTextBytes = 64;  ///< Of id and owner.

  Role role = Role::watch;
  std::vector<RobotPattern> robots{};
  UnixTime issued{};
  UnixTime not_before{};
  UnixTime expires{};
  std::string id{};     ///< Names this credential, so that it can be revoked. Safe to log.
  std::string owner{};  ///< Whose it is; may be empty. Safe to log.
  /// The name of the secret that signed it; empty before that, and of no account for `sign`. Safe to log.
  std::string secret{};
  friend bool operator==(const Grant&, const Grant&) = default;
};

/// Whether `text` may be an id or an owner: 1 to 64 of A-Z a-z 0-9 _ . @ + -
[[nodiscard]] bool is_label(std::string_view text);

/// Whether this grant allows that. Times are not looked at: `verify` has done so.
[[nodiscard]] bool may(const Grant& grant, Action action, const signal::RobotName& robot);
/// The same for what concerns no robot in particular; false for all other actions.
[[nodiscard]] bool may(const Grant& grant, Action action);

/// Who holds a robot's name: two sockets with the same text are the same robot's, however often its token was renewed.
[[nodiscard]] std::string owner_key(const Grant& grant);

}  // namespace rtcbot::access
