#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "rtcbot/base/result.hpp"

namespace rtcbot {

/// Greatest nesting of JSON from outside. Copying and writing a value recurses for each level, and some 70,000 levels,
/// which fit into 140 kB, exhaust a thread's stack.
inline constexpr std::size_t kMaxJsonDepth = 64;

/// Parses a text from outside. Returns a discarded value if it is not JSON or nested too deeply.
[[nodiscard]] nlohmann::json from_text(std::string_view text);

/// The text of a message for a socket or a data channel.  Errors: bad_message if the message holds text that is not
/// UTF-8.
[[nodiscard]] inline Result<std::string> to_text(const nlohmann::json& message) {
  try {
    return message.dump();
  } catch (const nlohmann::json::exception& error) {
    return fail(Errc::bad_message, std::string("the message cannot be written as JSON: ") + error.what());
  }
}

}  // namespace rtcbot
