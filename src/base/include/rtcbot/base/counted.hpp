#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace rtcbot {

/// A number with its noun, or with a clause that depends on it: "1 viewer", "2 viewers"; "0" takes the plural.
template <class Number>
[[nodiscard]] std::string counted(Number count, std::string_view one, std::string_view many) {
  static_assert(std::is_integral_v<Number>);
  return std::to_string(count).append(" ").append(count == 1 ? one : many);
}

/// The same for a noun whose plural ends in "s".
template <class Number>
[[nodiscard]] std::string counted(Number count, std::string_view noun) {
  return counted(count, noun, std::string(noun).append("s"));
}

}  // namespace rtcbot
