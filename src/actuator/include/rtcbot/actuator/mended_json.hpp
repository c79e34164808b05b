#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rtcbot::actuator {

/// A text that is nearly JSON, with null or U+FFFD where JSON has no way to say what stood there.
struct MendedJson {
  std::string text;
  std::int64_t faults = 0;  ///< How many places were mended.
};

/// Mends what programs write and JSON does not have: NaN, inf, numbers that no double holds (1e999), numbers in another
/// form (.5, +1, 007) and bare words become null; bytes that are not UTF-8 (Latin-1) become U+FFFD, and control
/// characters in a string a space. What is wrong in another way stays wrong. Pure.
/// Source of the grammar: RFC 8259.
[[nodiscard]] MendedJson mend_json(std::string_view text);

}  // namespace rtcbot::actuator
