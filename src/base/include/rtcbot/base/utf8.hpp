#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rtcbot {

/// Returns the length in bytes of the well-formed UTF-8 character at the start of `text`; 0 if there is none.
/// @pre `text` is not empty.  Source: RFC 3629 section 4. Pure.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

/// Returns at most `limit` bytes of `text`; never cuts inside a UTF-8 character.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t limit);

/// Returns `text` with U+FFFD in place of each byte that is not part of a well-formed character.
[[nodiscard]] std::string as_utf8(std::string_view text);

}  // namespace rtcbot
