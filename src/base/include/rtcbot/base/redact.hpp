#pragma once

#include <string>
#include <string_view>

namespace rtcbot {

/// Returns `text` for a log, with each password replaced by "***".
///
/// Finds the password of a URL (scheme://user:PASSWORD@host, even with an unescaped '@', '/' or '#' in it) and the
/// values of names that end in "password", "passwd", "passphrase", "pwd", "-pw", "secret" or "token", as in
/// "user-pw=VALUE" and "password='VALUE'". May remove more than the value, never less. Pure.
[[nodiscard]] std::string without_passwords(std::string_view text);

}  // namespace rtcbot
