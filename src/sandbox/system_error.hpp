#pragma once

#include <string>
#include <system_error>

#include "rtcbot/base/result.hpp"

namespace rtcbot::sandbox {

/// "the sandbox cannot <what>: <the system's message for `number`>".
[[nodiscard]] inline tl::unexpected<Error> system_fail(const std::string& what, int number) {
  return fail(Errc::internal, "the sandbox cannot " + what + ": " + std::generic_category().message(number));
}

}  // namespace rtcbot::sandbox
