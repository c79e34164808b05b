/// Classes of single bytes of text, the same where `char` is signed (x86-64) and where it is not (arm64).
#pragma once

namespace rtcbot {

/// True for the control characters of ASCII: 0x00 to 0x1F, and 0x7F.  Bytes of longer UTF-8 sequences are none.
[[nodiscard]] constexpr bool is_ascii_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace rtcbot
