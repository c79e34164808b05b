#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "rtcbot/base/ascii.hpp"
#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

/// A string field as it was written in the JSON text, for callers that forward it unchanged: decoding and encoding its
/// escapes costs as much as the rest of the work.
struct RawText {
  std::string_view name{};    ///< Name of the field.
  std::string_view quoted{};  ///< Its value in the parsed text, with quotes; empty if the caller must encode the value
                              ///< again.
};

/// Parses a JSON object within bounds. Never throws.  Errors: too_large, bad_message.
[[nodiscard]] Result<Json> parse_object(std::string_view text, const Limits& limits, RawText* raw = nullptr);

/// Serialises without exceptions: replaces bytes that are not UTF-8 by U+FFFD.
[[nodiscard]] std::string dump(const OrderedJson& json);

/// Appends `text` as a JSON string. Uses `quoted`, the encoded form, if it is given.
void append_text(std::string& out, std::string_view text, std::string_view quoted = {});

/// Returns the string in that field; null if it is absent or not a string. Valid as long as `object`.
[[nodiscard]] const std::string* string_field(const Json& object, const char* name);

}  // namespace rtcbot::signal
