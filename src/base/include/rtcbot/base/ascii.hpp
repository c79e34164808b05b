/// Bytes of text as ASCII, whatever the locale. The results are the same whether `char` is signed (x86-64) or unsigned
/// (arm64).
#pragma once

#include <string>
#include <string_view>

namespace rtcbot {

/// True for the ASCII control characters 0x00 to 0x1F and 0x7F. False for every byte of a multi-byte UTF-8 sequence.
[[nodiscard]] constexpr bool is_ascii_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// Returns the small letter for A to Z, and every other byte unchanged.
[[nodiscard]] constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The text with small letters for A to Z. Names of hosts, schemes and header fields are compared so.
[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = ascii_lower(c);
  return lower;
}

/// The text without blanks at either end; a view into `text`.
[[nodiscard]] constexpr std::string_view trim(std::string_view text, std::string_view blanks = " \t") {
  const auto begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace rtcbot
