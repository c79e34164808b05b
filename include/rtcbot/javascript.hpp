#pragma once

#include <string_view>

namespace rtcbot {

/// The browser library as a script that defines the global `rtcbot`. Serve it as `application/javascript`.
[[nodiscard]] std::string_view get_rtcbot_js();

/// The browser library as an ES module.
[[nodiscard]] std::string_view get_rtcbot_mjs();

}  // namespace rtcbot
