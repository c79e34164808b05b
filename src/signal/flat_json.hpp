#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json.hpp"

namespace rtcbot::signal {

/// More fields than any message has that is mostly a session description.
inline constexpr std::size_t kMaxFlatFields = 16;

/// Reads the JSON that offers and answers are nearly always written in: one object whose values are texts of printable
/// ASCII, whole numbers and booleans, no name twice. In one pass, some ten times as fast as the library's parser.
///
/// Nothing for every other text, also where it is good JSON: that is the library's to read. So what is taken here means
/// what the library says it means, which the fuzz target `signal_json` holds it to.
///
/// `raw`: told how its field stands in the text.
[[nodiscard]] std::optional<Json> parse_flat(std::string_view text, RawText* raw = nullptr);

/// Appends `text` as JSON writes it, quotes and all. False, and nothing appended, where there is more than ASCII in it.
[[nodiscard]] bool append_quoted(std::string& out, std::string_view text);

}  // namespace rtcbot::signal
