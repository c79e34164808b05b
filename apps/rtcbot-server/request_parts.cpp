#include "rtcbot-server/request_parts.hpp"

#include <algorithm>

#include "rtcbot-server/admission.hpp"

namespace rtcbot::app {

std::string header(const net::HttpRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

bool is_of_own_page(const net::HttpRequest& request, std::string_view allowed_origin) {
  return is_same_origin(header(request, "origin"), header(request, "host"), allowed_origin, request.is_secure);
}

bool offers_subprotocol(std::string_view field, std::string_view name) {
  constexpr std::string_view kSpace = " \t";
  while (!field.empty()) {
    const auto comma = std::min(field.find(','), field.size());
    auto word = field.substr(0, comma);
    field.remove_prefix(std::min(comma + 1, field.size()));
    word.remove_prefix(std::min(word.find_first_not_of(kSpace), word.size()));
    if (word.substr(0, word.find_last_not_of(kSpace) + 1) == name) return true;
  }
  return false;
}

std::string_view methods_of(std::string_view path) {
  if (path == "/connect" || path == "/logout") return "POST";
  if (path == "/ws" || path == "/") return "GET, HEAD";
  return "GET, HEAD, POST";
}

Result<signal::RobotName> robot_of(const std::string& path) {
  if (path == "/connect" || path == "/ws") return signal::RobotName();
  if (path.size() < 2) return fail(Errc::bad_message, "no name");
  return signal::RobotName::parse(path.substr(1));
}

}  // namespace rtcbot::app
