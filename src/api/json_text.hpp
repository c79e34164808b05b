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
[[nodiscard]] inline Json from_text(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) return Json(Json::value_t::discarded);
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return Json::parse(text, nullptr, false);
}

/// A message as it crosses a socket or a data channel.  Errors: bad_message for text in it that is not UTF-8.
[[nodiscard]] inline Result<std::string> to_text(const Json& message) {
  try {
    return message.dump();
  } catch (const Json::exception& error) {
    return fail(Errc::bad_message, std::string("the message cannot be written as JSON: ") + error.what());
  }
}

}  // namespace rtcbot
