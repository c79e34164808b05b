#pragma once

#include <cstddef>
#include <string_view>

namespace rtcbot::signal {

/// How large a value a JSON text would make.
struct JsonExtent {
  std::size_t depth = 0;   ///< Nested objects and arrays.
  std::size_t values = 0;  ///< Elements of all objects and arrays together.
};

/// Measures before anything is built, so that a hostile text costs one pass and no memory. Never throws; what is no
/// JSON gets some extent, too.
[[nodiscard]] JsonExtent measure_json(std::string_view text);

}  // namespace rtcbot::signal
