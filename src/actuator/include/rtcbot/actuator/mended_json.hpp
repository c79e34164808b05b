#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rtcbot::actuator {

/// A text that is nearly JSON, with null or U+FFFD in place of values that JSON cannot express.
struct MendedJson {
  std::string text;
  std::int64_t faults = 0;  ///< Number of repaired places.
};

/// Repairs values that programs write and JSON does not have: NaN, inf, numbers out of a double's range (1e999),
/// numbers in another form (.5, +1, 007) and bare words become null. Bytes that are not UTF-8 (Latin-1) become U+FFFD,
/// and control characters in strings become spaces. Other errors remain. Pure.
/// Source of the grammar: RFC 8259.
[[nodiscard]] MendedJson mend_json(std::string_view text);

}  // namespace rtcbot::actuator
