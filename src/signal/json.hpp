#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

/// How a text of an object was written, for who passes it on as it is: taking out its escapes and putting them in again
/// costs as much as all else.
struct RawText {
  std::string_view name{};    ///< Of the field.
  std::string_view quoted{};  ///< In the text that was parsed, quotes and all; empty where it has to be written anew.
};

/// Parses a JSON object within bounds. Never throws.  Errors: too_large, bad_message.
[[nodiscard]] Result<Json> parse_object(std::string_view text, const Limits& limits, RawText* raw = nullptr);

/// Text without exceptions: bytes that are not UTF-8 are replaced by U+FFFD.
[[nodiscard]] std::string dump(const OrderedJson& json);

/// Appends `text` as JSON writes it; as `quoted`, where that is known already.
void append_text(std::string& out, std::string_view text, std::string_view quoted = {});

/// The string in that field; null if it is absent or something else. Valid as long as `object`.
[[nodiscard]] const std::string* string_field(const Json& object, const char* name);

/// At most `limit` bytes of text from outside for a message to a person; what is not printable ASCII becomes '?'.
[[nodiscard]] std::string excerpt(std::string_view text, std::size_t limit = 48);

}  // namespace rtcbot::signal
