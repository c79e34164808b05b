#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rtcbot {

/// How many bytes of `text` are one well-formed character of UTF-8; 0: its first byte begins none.
/// @pre `text` is not empty.  Source: RFC 3629 section 4. Pure.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

/// `text` with U+FFFD for each byte that belongs to no well-formed character.
[[nodiscard]] std::string as_utf8(std::string_view text);

}  // namespace rtcbot
