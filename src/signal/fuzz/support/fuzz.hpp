#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace rtcbot::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Aborts if a condition that must hold for every input is false. The fuzzer reports the abort and keeps the input.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace rtcbot::fuzz
