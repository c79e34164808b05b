#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::access {

/// Seconds of Unix time, as in tokens. Passed in; nothing here reads a clock.
using UnixTime = std::chrono::sys_seconds;

/// The purpose of a credential.
enum class Role {
  robot,  ///< Be a robot with one of the names.
  watch,  ///< Watch those robots, and nothing more.
  drive,  ///< Watch and drive them.
  admin,  ///< As drive, and read the server's stats.
};

/// An action that needs permission.
enum class Action {
  serve,    ///< Be the robot with that name.
  look,     ///< See that the robot exists: its page, its place in the list.
  connect,  ///< Send it an offer.
  drive,    ///< Send it commands and messages.
  relay,    ///< Get STUN and TURN servers as a page; robots get them with each offer. Needs no robot.
  operate,  ///< Read the server's stats. Needs no robot.
};

/// The enumerator's spelling, as in a token.
[[nodiscard]] std::string_view name_of(Role role);
/// Returns nothing for any other spelling.
[[nodiscard]] std::optional<Role> role_named(std::string_view text);

/// Selects robots: a name, a name with `*` for any run of characters, or "/" for the default robot.
/// "*" alone selects all robots, the default one included. A value that is always valid.
class RobotPattern {
 public:
  static constexpr std::size_t kMaxStars = 8;

  /// Errors: bad_message, with a sentence that names the broken rule.
  [[nodiscard]] static Result<RobotPattern> parse(std::string_view text);

  /// At most 64 by 64 steps.
  [[nodiscard]] bool matches(const signal::RobotName& robot) const;
  [[nodiscard]] const std::string& text() const { return text_; }
  /// The only robot that it selects; nothing if there may be several.
  [[nodiscard]] std::optional<signal::RobotName> only() const;

  friend bool operator==(const RobotPattern&, const RobotPattern&) = default;

 private:
  explicit RobotPattern(std::string_view text) : text_(text) {}
  std::string text_;
};

/// The content of a verified credential.
struct Credential {
  static constexpr std::size_t kMaxPatterns = 32;
  static constexpr std::size_t kMaxTextBytes = 64;  ///< Limit for id and owner.

  Role role = Role::watch;
  std::vector<RobotPattern> robots{};
  UnixTime issued{};
  UnixTime not_before{};
  UnixTime expires{};
  std::string id{};     ///< Identifies this credential for revocation. Safe to log.
  std::string owner{};  ///< Its owner; may be empty. Safe to log.
  /// The name of the secret that signed it; empty before signing, and ignored by `sign`. Safe to log.
  std::string secret{};
  friend bool operator==(const Credential&, const Credential&) = default;
};

/// True if `text` is a valid id or owner: 1 to 64 of A-Z a-z 0-9 _ . @ + -
[[nodiscard]] bool is_label(std::string_view text);

/// True if this grant permits that. Does not check times; `verify` has done so.
[[nodiscard]] bool may(const Credential& grant, Action action, const signal::RobotName& robot);
/// As above, for actions that need no robot; false for all other actions.
[[nodiscard]] bool may(const Credential& grant, Action action);

/// Identifies the holder of a robot's name: sockets with equal keys belong to the same robot, even if its token was
/// renewed.
[[nodiscard]] std::string owner_key(const Credential& grant);

}  // namespace rtcbot::access
