#pragma once

#include <array>
#include <cstdint>

namespace rtcbot::media {

/// A glyph of 5x7 pixels: seven rows from the top, the leftmost pixel in bit 4.
using Glyph = std::array<std::uint8_t, 7>;
inline constexpr int kGlyphWidth = 5;
inline constexpr int kGlyphHeight = 7;

/// The glyph of a digit, a colon, a full stop or one of the letters ACDEFMNORTU; blank for other characters.
[[nodiscard]] Glyph glyph_of(char character);

}  // namespace rtcbot::media
