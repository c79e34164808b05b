#include "rtcbot-robot/findings.hpp"

#include <algorithm>
#include <cstdlib>

namespace rtcbot::app {
namespace {

using std::chrono::milliseconds;
using Grade = Finding::Grade;

/// Credentials expire to the second; a difference below this is harmless.
constexpr milliseconds kClockTolerance{30'000};

std::string word_of(Grade grade) {
  switch (grade) {
    case Grade::ok: return "ok     ";
    case Grade::warning: return "warning";
    case Grade::failed: return "FAILED ";
  }
  return "";
}

std::string in_ms(milliseconds time) { return std::to_string(time.count()) + " ms"; }

std::string in_seconds(milliseconds time) { return std::to_string(std::abs(time.count()) / 1000) + " s"; }

std::string advice_for_status(int status) {
  switch (status) {
    case 401: return "Give the robot a token of this server: rtcbot-server token --role robot, then --token-file.";
    case 403: return "Make a token that names this robot: rtcbot-server token --role robot --robots NAME.";
    case 404: return "Check the path of --server: it ends in /ws, or in the robot's name.";
    case 409: return "Another robot has this name. Give this one a name of its own: --name.";
    case 429: return "Wait a minute. Check that no other program dials this server again and again.";
    case 301:
    case 302:
    case 307:
    case 308: return "Use the address that the server redirects to; with TLS, a robot needs wss://.";
    default: return "Check the logs of the server and of the proxy in front of it; the proxy must forward WebSockets.";
  }
}

bool is_turn(const std::string& url) { return url.starts_with("turn"); }

}  // namespace

std::string text_of(const Finding& finding) {
  constexpr std::size_t kColumn = 16;
  std::string text = word_of(finding.grade) + "  " + finding.what;
  text.append(finding.what.size() < kColumn ? kColumn - finding.what.size() : 1, ' ')
      .append(finding.found)
      .append("\n");
  if (!finding.advice.empty()) text.append(9 + kColumn, ' ').append(finding.advice).append("\n");
  return text;
}

Finding server_finding(const std::string& url, const ServerAnswer& answer) {
  Finding finding{.what = "server"};
  if (answer.status == 200) {
    finding.found = url + " accepts this robot (answered in " + in_ms(answer.took) + ")";
  } else if (answer.opened) {
    finding.grade = Grade::warning;
    finding.found = url + " opens a WebSocket, but cannot say whether it accepts this robot";
    finding.advice = "Start the robot and look for 'online' in its log.";
  } else {
    finding.grade = Grade::failed;
    finding.found = answer.trouble;
    finding.advice = answer.status == 0 ? "Check that the server runs, that its name and port are right, and that "
                                          "this machine has a network."
                                        : advice_for_status(answer.status);
  }
  return finding;
}

Finding clock_finding(std::optional<milliseconds> behind, bool is_synchronized) {
  const std::string advice = "Synchronize it: apt install systemd-timesyncd.";
  if (behind && (*behind > kClockTolerance || *behind < -kClockTolerance)) {
    return {Grade::failed, "clock",
            "this machine's clock is " + in_seconds(*behind) + (behind->count() > 0 ? " behind" : " ahead of") +
                " the server's; credentials and certificates depend on it",
            advice};
  }
  if (!is_synchronized) return {Grade::warning, "clock", "no time service synchronizes this machine's clock", advice};
  return {Grade::ok, "clock", behind ? "within " + in_seconds(kClockTolerance) + " of the server's" : "synchronized",
          ""};
}

Finding camera_finding(const std::string& name, const CameraProbe& probe) {
  const std::string what = "camera " + name;
  const std::string source = probe.source.empty() ? probe.asked : probe.source;
  if (probe.codec.empty()) {
    const std::string why = probe.trouble.empty() ? "it delivers no pictures" : probe.trouble;
    return {Grade::failed, what, source + ": " + why,
            "List the cameras with: v4l2-ctl --list-devices. Only one program at a time can use one."};
  }
  const std::string found =
      source + ": " + probe.codec + " by " + probe.encoder + ", the first picture after " + in_ms(probe.took);
  if (probe.asked == "auto" && probe.source == "test") {
    return {Grade::warning, what, "no camera found; viewers see the test picture",
            "Plug one in, or select it: --camera /dev/video0."};
  }
  return {Grade::ok, what, found, ""};
}

Finding drive_finding(const std::string& spec, const Result<std::string>& inspected) {
  if (!inspected) {
    return {Grade::failed, "motors", spec + ": " + inspected.error().what(),
            "For a serial port: ls -l /dev/serial/by-id, and join the group dialout."};
  }
  return {Grade::ok, "motors", spec + ": " + *inspected, ""};
}

Finding no_drive_finding() {
  return {Grade::warning, "motors", "this robot accepts no commands",
          "To make it drivable, start it with --drive, e.g. --drive serial:/dev/ttyUSB0."};
}

Finding path_finding(const std::string& url, const Result<std::string>& description) {
  const std::string what = is_turn(url) ? "TURN server" : "STUN server";
  const std::string wanted = is_turn(url) ? " typ relay" : " typ srflx";
  if (!description) return {Grade::failed, what, url + ": " + description.error().what(), ""};
  if (description->find(wanted) != std::string::npos) return {Grade::ok, what, url + " is reachable", ""};
  if (!is_turn(url)) {
    // Without a NAT in between, a STUN server adds no candidate.
    return {Grade::warning, what, url + " reports no further address: it is unreachable, or there is no NAT",
            "Check that this network permits outgoing UDP; a TURN server over TLS (turns:) works without it."};
  }
  return {Grade::failed, what, url + " is unreachable, or refuses the credential",
          "Check its log, its ports (3478, 5349), and that its secret is the server's."};
}

Finding no_path_finding() {
  return {Grade::warning, "TURN server",
          "none is configured: viewers cannot reach this robot across some mobile networks",
          "Configure one at the server: rtcbot-server --turn (docs/access.md)."};
}

bool is_fit(const std::vector<Finding>& findings) {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) { return finding.grade == Grade::failed; });
}

}  // namespace rtcbot::app
