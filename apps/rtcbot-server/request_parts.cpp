#include "rtcbot-server/request_parts.hpp"

namespace rtcbot::app {

std::string header(const net::HttpRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

Result<signal::RobotName> robot_of(const std::string& path) {
  if (path == "/connect" || path == "/ws") return signal::RobotName();
  if (path.size() < 2) return fail(Errc::bad_message, "no name");
  return signal::RobotName::parse(path.substr(1));
}

}  // namespace rtcbot::app
