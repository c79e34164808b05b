#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json.hpp"

namespace rtcbot::signal {

/// Exceeds the number of fields of every message that consists mostly of a session description.
inline constexpr std::size_t kMaxFlatFields = 16;

/// Parses the simple JSON in which offers and answers usually arrive: one object whose values are strings of printable
/// ASCII, whole numbers and booleans, without duplicate names. Takes one pass and is about ten times as fast as
/// nlohmann/json.
///
/// Returns nothing for every other text, even if it is valid JSON; the caller then uses nlohmann/json. The result
/// always equals that of nlohmann/json; the fuzz target `signal_json` checks this.
///
/// `raw`: receives the field's value as it is written in the text.
[[nodiscard]] std::optional<Json> parse_flat(std::string_view text, RawText* raw = nullptr);

/// Appends `text` as a quoted JSON string. Returns false, and appends nothing, if `text` is not pure ASCII.
[[nodiscard]] bool append_quoted(std::string& out, std::string_view text);

}  // namespace rtcbot::signal
