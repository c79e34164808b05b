#include "rtcbot/signal/robot_name.hpp"

#include <algorithm>
#include <array>

namespace rtcbot::signal {
namespace {

/// The server's own paths, and files that browsers and crawlers request from every site.
constexpr std::array<std::string_view, 27> kReserved{"ws",
                                                     "connect",
                                                     "api",
                                                     "healthz",
                                                     "login",
                                                     "logout",
                                                     "readyz",
                                                     "metrics",
                                                     "rtcbot.js",
                                                     "rtcbot.mjs",
                                                     "rtcbot-receiver.js",
                                                     "rtcbot.d.ts",
                                                     "assets",
                                                     "favicon.ico",
                                                     "favicon.png",
                                                     "favicon.svg",
                                                     "robots.txt",
                                                     "humans.txt",
                                                     "ads.txt",
                                                     "sitemap.xml",
                                                     "security.txt",
                                                     "index.html",
                                                     "index.php",
                                                     "sw.js",
                                                     "manifest.json",
                                                     "manifest.webmanifest",
                                                     "site.webmanifest"};
/// Safari requests these in many sizes.
constexpr std::string_view kReservedPrefix = "apple-touch-icon";

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

}  // namespace

Result<RobotName> RobotName::parse(std::string_view text) {
  if (text.size() > kMaxBytes) return fail(Errc::bad_message, "A robot's name has at most 64 characters.");
  if (!std::all_of(text.begin(), text.end(), is_name_character)) {
    return fail(Errc::bad_message, "A robot's name consists of letters, digits, '_', '.' and '-' only.");
  }
  if (text.starts_with('.') || text.starts_with('_')) {
    return fail(Errc::bad_message, "A robot's name does not begin with '.' or '_'.");
  }
  const bool is_reserved = std::find(kReserved.begin(), kReserved.end(), text) != kReserved.end();
  if (is_reserved || text.starts_with(kReservedPrefix)) {
    return fail(Errc::bad_message,
                std::string(text).append(" is an address of the server's own; choose another name."));
  }
  return RobotName(text);
}

}  // namespace rtcbot::signal
