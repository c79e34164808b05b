#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "rtcbot/base/result.hpp"
#include "rtcbot/json.hpp"

namespace rtcbot {

/// Deeper nesting is not taken from outside: copying and writing a value calls itself for each level, and some 70,000
/// levels, which fit into 140 kB, use up a thread's stack.
inline constexpr std::size_t kMaxJsonDepth = 64;

/// What a text from outside means; discarded if it is not JSON, or nested too deep.
[[nodiscard]] Json from_text(std::string_view text);

/// A message as it crosses a socket or a data channel.  Errors: bad_message for text in it that is not UTF-8.
[[nodiscard]] inline Result<std::string> to_text(const Json& message) {
  try {
    return message.dump();
  } catch (const Json::exception& error) {
    return fail(Errc::bad_message, std::string("the message cannot be written as JSON: ") + error.what());
  }
}

}  // namespace rtcbot
