/// Tests on single bytes of text, and outside text made fit for people. The results are the same whether `char` is
/// signed (x86-64) or unsigned (arm64).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rtcbot {

/// True for the ASCII control characters 0x00 to 0x1F and 0x7F. False for every byte of a multi-byte UTF-8 sequence.
[[nodiscard]] constexpr bool is_ascii_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// True for visible ASCII characters: 0x21 to 0x7E, without the space.
[[nodiscard]] constexpr bool is_ascii_graphic(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f;
}

/// Returns `text` with `substitute` in place of each control character, because a terminal executes escape sequences.
/// Pure.
[[nodiscard]] std::string printable(std::string_view text, char substitute = '?');

/// Returns the first `limit` bytes of outside text for a message to a person, and "..." if it is longer. Replaces all
/// but printable ASCII by '?'. Pure.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t limit = 48);

}  // namespace rtcbot
