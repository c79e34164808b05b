#pragma once

#include <string>
#include <string_view>

namespace rtcbot::signal::testing {

/// Returns bytes with the structure of a JPEG, and `scan` in place of its picture.  @pre width and height from 0 to
/// 65535
inline std::string make_jpeg(std::string_view scan, int width = 320, int height = 240) {
  const auto number = [](int value) {
    return std::string{static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
  };
  std::string jpeg = "\xff\xd8\xff\xe0";
  jpeg.append(number(7)).append("JFIF").append(1, '\0');
  jpeg.append("\xff\xc0").append(number(11)).append("\x08").append(number(height)).append(number(width));
  jpeg.append("\x01\x01\x11").append(1, '\0');
  jpeg.append("\xff\xda")
      .append(number(8))
      .append("\x01\x01")
      .append(1, '\0')
      .append(1, '\0')
      .append("\x3f")
      .append(1, '\0');
  return jpeg.append(scan).append("\xff\xd9");
}

}  // namespace rtcbot::signal::testing
