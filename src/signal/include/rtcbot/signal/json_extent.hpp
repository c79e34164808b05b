#pragma once

#include <cstddef>
#include <string_view>

namespace rtcbot::signal {

/// The size of the value that a JSON text would create.
struct JsonExtent {
  std::size_t depth = 0;   ///< Nested objects and arrays.
  std::size_t values = 0;  ///< Elements of all objects and arrays together.
};

/// Measures a JSON text before it is parsed, so that a hostile text costs one pass and no memory. Never throws. Returns
/// some extent for invalid JSON too.
[[nodiscard]] JsonExtent measure_json(std::string_view text);

}  // namespace rtcbot::signal
