#pragma once

#include <string>
#include <string_view>

#include "direction.hpp"

namespace rtcbot::linklab {

/// The text in quotes, for JSON.
[[nodiscard]] std::string quoted_json(std::string_view text);

/// The figures of a direction as a JSON object. Times in microseconds.
[[nodiscard]] std::string json_of(const Direction::Stats& stats);

}  // namespace rtcbot::linklab
