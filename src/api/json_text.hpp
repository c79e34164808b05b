#pragma once

#include <string>

#include "rtcbot/base/result.hpp"
#include "rtcbot/json.hpp"

namespace rtcbot {

/// A message as it crosses a socket or a data channel.  Errors: bad_message for text in it that is not UTF-8.
[[nodiscard]] inline Result<std::string> to_text(const Json& message) {
  try {
    return message.dump();
  } catch (const Json::exception& error) {
    return fail(Errc::bad_message, std::string("the message cannot be written as JSON: ") + error.what());
  }
}

}  // namespace rtcbot
