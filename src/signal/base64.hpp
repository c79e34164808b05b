#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::signal {

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Returns the decoded bytes, or nothing if `to_base64` cannot have written the text (other characters, wrong padding,
/// stray bits).
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace rtcbot::signal
