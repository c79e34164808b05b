#include "rtcbot/access/credential.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace rtcbot::access {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> kRoles{
    {{Role::robot, "robot"}, {Role::watch, "watch"}, {Role::drive, "drive"}, {Role::admin, "admin"}}};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool is_pattern_character(char c) { return is_letter_or_digit(c) || c == '_' || c == '.' || c == '-' || c == '*'; }

/// True if `text` matches `pattern`. Each star matches any run of characters. Backtracks to the last star only.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

std::string_view name_of(Role role) {
  const auto* row = std::find_if(kRoles.begin(), kRoles.end(), [&](const auto& each) { return each.first == role; });
  return row->second;
}

std::optional<Role> role_named(std::string_view text) {
  const auto* row = std::find_if(kRoles.begin(), kRoles.end(), [&](const auto& each) { return each.second == text; });
  return row == kRoles.end() ? std::nullopt : std::optional(row->first);
}

Result<RobotPattern> RobotPattern::parse(std::string_view text) {
  if (text == "/") return RobotPattern(text);
  if (text.empty() || text.size() > signal::RobotName::kMaxBytes) {
    return fail(Errc::bad_message,
                "A pattern of robots' names has 1 to 64 characters; '/' is the robot without a name.");
  }
  if (!std::all_of(text.begin(), text.end(), is_pattern_character)) {
    return fail(Errc::bad_message,
                "A pattern of robots' names consists of letters, digits, '_', '.', '-' and '*' only.");
  }
  const auto stars = static_cast<std::size_t>(std::count(text.begin(), text.end(), '*'));
  if (stars > kMaxStars) return fail(Errc::bad_message, "A pattern of robots' names has at most 8 '*'.");
  if (stars == 0) {
    if (const auto name = signal::RobotName::parse(text); !name) return fail(name.error());
  }
  return RobotPattern(text);
}

bool RobotPattern::matches(const signal::RobotName& robot) const {
  if (text_ == "/") return robot.is_default();
  // A star in a longer pattern matches part of a name, and the default robot has no name.
  if (robot.is_default()) return text_ == "*";
  return glob(text_, robot.text());
}

std::optional<signal::RobotName> RobotPattern::only() const {
  if (text_ == "/") return signal::RobotName();
  if (text_.find('*') != std::string::npos) return std::nullopt;
  const auto name = signal::RobotName::parse(text_);
  return name ? std::optional(*name) : std::nullopt;
}

bool is_label(std::string_view text) {
  const auto is_allowed = [](char c) {
    return is_letter_or_digit(c) || c == '_' || c == '.' || c == '@' || c == '+' || c == '-';
  };
  return !text.empty() && text.size() <= Credential::kMaxTextBytes && std::all_of(text.begin(), text.end(), is_allowed);
}

bool may(const Credential& grant, Action action) {
  switch (action) {
    case Action::relay: return grant.role != Role::robot;
    case Action::operate: return grant.role == Role::admin;
    case Action::serve:
    case Action::look:
    case Action::connect:
    case Action::drive: return false;
  }
  return false;
}

bool may(const Credential& grant, Action action, const signal::RobotName& robot) {
  const auto is_meant = [&](const RobotPattern& pattern) { return pattern.matches(robot); };
  if (std::none_of(grant.robots.begin(), grant.robots.end(), is_meant)) return false;
  const bool is_person = grant.role != Role::robot;
  switch (action) {
    case Action::serve: return !is_person;
    case Action::look:
    case Action::connect: return is_person;
    case Action::drive: return grant.role == Role::drive || grant.role == Role::admin;
    case Action::relay:
    case Action::operate: return may(grant, action);
  }
  return false;
}

std::string owner_key(const Credential& grant) {
  return grant.owner.empty() ? std::string("token:").append(grant.id) : std::string("owner:").append(grant.owner);
}

}  // namespace rtcbot::access
