#include "rtcbot/javascript.hpp"

#include "rtcbot/web/assets.hpp"

namespace rtcbot {

std::string_view get_rtcbot_js() { return web::rtcbot_js(); }

std::string_view get_rtcbot_mjs() { return web::rtcbot_mjs(); }

}  // namespace rtcbot
