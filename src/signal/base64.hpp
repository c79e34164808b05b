#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rtcbot::signal {

/// RFC 4648 section 4, with padding.
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// The bytes; nothing if the text is not what `to_base64` writes (other characters, wrong padding, stray bits).
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace rtcbot::signal
