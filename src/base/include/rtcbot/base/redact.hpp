#pragma once

#include <string>
#include <string_view>

namespace rtcbot {

/// `text` for a log: passwords in it are "***".
///
/// Finds the password of a URL (scheme://user:PASSWORD@host, also one with raw '@', '/' or '#' in it) and the values of
/// names that end in "password", "passwd", "passphrase", "pwd", "-pw", "secret" or "token", as in "user-pw=VALUE" and
/// "password='VALUE'". What follows such a name may be cut too long, never too short. Pure.
[[nodiscard]] std::string without_passwords(std::string_view text);

}  // namespace rtcbot
