#pragma once

#include <functional>
#include <string>
#include <vector>

#include "rtcbot-robot/cameras.hpp"
#include "rtcbot-robot/findings.hpp"
#include "rtcbot/rtcbot.hpp"

namespace rtcbot::app {

/// The inputs of `rtcbot-robot --check`: the settings that the robot itself would use.
struct CheckOrder {
  std::string server{};
  Robot::Options robot{};
  std::vector<NamedSource> cameras{};
  Camera::Options camera{};  ///< Common to all cameras.
  std::vector<std::string> drive{};
};

/// The URL at which the robot registers: "wss://HOST/digger" for "wss://HOST/ws" and "digger".
[[nodiscard]] std::string registration_url(const std::string& server, const std::string& name);

/// Checks the server, the clock, each camera, each motor port and each STUN and TURN server, in this order, and reports
/// each finding immediately. Does not disturb a running robot, but cannot open a camera or port that the robot holds.
/// Waits at most 10 s for each. Blocks the caller.  @throws Error internal when the WebRTC engine cannot start.
std::vector<Finding> check(const CheckOrder& order, const std::function<void(const Finding&)>& report);

}  // namespace rtcbot::app
