/// Tests on single bytes of text. The results are the same whether `char` is signed (x86-64) or unsigned (arm64).
#pragma once

namespace rtcbot {

/// True for the ASCII control characters 0x00 to 0x1F and 0x7F. False for every byte of a multi-byte UTF-8 sequence.
[[nodiscard]] constexpr bool is_ascii_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace rtcbot
