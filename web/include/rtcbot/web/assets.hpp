#pragma once

#include <string_view>

/// The files that the server serves to browsers, compiled in. All functions return views of constants: valid forever,
/// thread-safe, UTF-8.
namespace rtcbot::web {

/// The browser library as a script: global `rtcbot`, or a CommonJS or AMD module. Serve as text/javascript.
[[nodiscard]] std::string_view rtcbot_js() noexcept;

/// The browser library as an ES module. Serve as text/javascript.
[[nodiscard]] std::string_view rtcbot_mjs() noexcept;

/// The worker of the page's own video receiver. Serve as text/javascript at rtcbot-receiver.js, beside the pages.
[[nodiscard]] std::string_view receiver_js() noexcept;

/// The library's TypeScript declarations. Serve as text/plain.
[[nodiscard]] std::string_view rtcbot_d_ts() noexcept;

/// The page of one robot, with style and script in one file. It shows the robot of its own path (`/NAME`), or at `/`
/// the default robot, through `/connect`. Reads the global `rtcbotDefaults`, as rtcbot.js does. Serve as text/html;
/// charset=utf-8.
[[nodiscard]] std::string_view robot_page() noexcept;

/// The list of robots, with style and script in one file. Reads the list from `/api/robots`. Serve as text/html;
/// charset=utf-8.
[[nodiscard]] std::string_view list_page() noexcept;

/// A web app manifest (https://www.w3.org/TR/appmanifest/), as JSON, by which a phone opens a page from its home screen
/// without the browser's own bars. The server adds `start_url`. Serve it beside the pages as manifest.webmanifest, with
/// application/manifest+json.
[[nodiscard]] std::string_view manifest() noexcept;

/// The icon for the home screen, 512 x 512. Serve beside the pages as apple-touch-icon.png, with image/png.
[[nodiscard]] std::string_view icon_png() noexcept;

}  // namespace rtcbot::web
