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

/// "HOST:PORT/PATH" of "wss://HOST:PORT/PATH".
std::string without_scheme(const std::string& url) {
  const auto scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(scheme + 3);
}

/// The commands for a token of this robot, whose name is the path of the URL.
std::string token_commands(const std::string& url) {
  const std::string rest = without_scheme(url);
  const auto slash = rest.rfind('/');
  const std::string path = slash == std::string::npos ? "" : rest.substr(slash + 1);
  const std::string name = path.empty() || path == "ws" ? "NAME" : path;
  return "at the server: rtcbot-server token --secret-file FILE --role robot --robots " + name + " --owner " + name +
         " --for 1y >robot.token; here: --token-file robot.token.";
}

std::string advice_for_status(const std::string& url, const ServerAnswer& answer) {
  switch (answer.status) {
    case 401:
      return (answer.has_token ? "The token is another server's, has expired or was revoked. Make one "
                               : "Give the robot a token. Make one ") +
             token_commands(url);
    case 403: return "The token is for another name or role. Make one " + token_commands(url);
    case 404: return "Check the path of --server: it ends in /ws, or in the robot's name.";
    case 409: return "Another owner's robot has this name. Give this one a name of its own: --name.";
    case 429: return "Wait a minute. Check that no other program dials this server again and again.";
    case 301:
    case 302:
    case 307:
    case 308: return "Use the address that the server redirects to; with TLS, a robot needs wss://.";
    default: return "Check the logs of the server and of the proxy in front of it; the proxy must forward WebSockets.";
  }
}

std::string advice_for_no_answer(const std::string& url, const ServerAnswer& answer) {
  const std::string rest = without_scheme(url);
  const std::string host = rest.substr(0, rest.find_first_of(":/"));
  if (answer.trouble.find("cannot be found") != std::string::npos) {
    return "Check the name and the network: getent hosts " + host + ".";
  }
  if (answer.trouble.find("no TLS connection") != std::string::npos) {
    return "Check that the server speaks TLS at this port (without: ws://), that its certificate is for this name, and "
           "this machine's clock. --ca-file names the authority of a certificate of your own.";
  }
  if (answer.code == Errc::timeout) {
    return "Check that the server runs, and that no firewall drops connections to its port.";
  }
  if (answer.code == Errc::handshake_failed) return "Check address and path: a server by RTCBot listens at PORT/ws.";
  if (answer.code == Errc::bad_address || answer.code == Errc::bad_config) {
    return "Write the address as ws://HOST:PORT/ws or wss://HOST/ws.";
  }
  return "Check that the server runs, that its name and port are right, and that this machine has a network.";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

std::string advice_for_device(const CameraProbe& probe) {
  if (contains(probe.trouble, "another program") || contains(probe.trouble, "busy")) {
    return "End the other program, which may be the running robot; sudo fuser -v " + probe.asked +
           " names it (package psmisc).";
  }
  if (std::find(probe.cameras.begin(), probe.cameras.end(), probe.asked) != probe.cameras.end()) {
    return "Try --size 640x480, and unplug the camera and plug it in again; sudo dmesg shows what the kernel reports.";
  }
  if (!probe.cameras.empty()) return "Cameras of this machine: " + joined(probe.cameras) + ".";
  return "This machine has no camera that this user may open. Plug it in; a robot that runs waits for it.";
}

/// For a camera that delivers no picture. Empty if the trouble names the remedy.
std::string advice_for_camera(const CameraProbe& probe) {
  const std::string& source = probe.asked;
  if (contains(probe.trouble, "sudo ") || contains(probe.trouble, "install ")) return "";
  if (source.starts_with("/dev/")) return advice_for_device(probe);
  if (source.starts_with("libcamera")) {
    return "Check the ribbon cable. cam --list shows libcamera's cameras (package libcamera-tools).";
  }
  if (source.starts_with("rtsp")) {
    return "Try the address without the robot: gst-play-1.0 'rtsp://…' (package gstreamer1.0-plugins-base-apps).";
  }
  if (source.starts_with("gst:")) {
    return "Try it without the robot: gst-launch-1.0 DESCRIPTION ! fakesink (package gstreamer1.0-tools).";
  }
  return "The robot's log has more with --log-level debug.";
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
    finding.advice = answer.status == 0 ? advice_for_no_answer(url, answer) : advice_for_status(url, answer);
  }
  return finding;
}

Finding clock_finding(std::optional<milliseconds> behind, bool is_synchronized) {
  const std::string advice = "timedatectl shows the state. Without a time service: sudo apt install systemd-timesyncd.";
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
  const std::string what = name.starts_with("camera") ? name : "camera " + name;
  const std::string source = probe.source.empty() ? probe.asked : probe.source;
  if (probe.codec.empty()) {
    const std::string why = probe.trouble.empty() ? "it delivers no pictures" : probe.trouble;
    return {Grade::failed, what, (contains(why, source.c_str()) ? "" : source + ": ") + why, advice_for_camera(probe)};
  }
  const std::string found =
      source + ": " + probe.codec + " by " + probe.encoder + ", the first picture after " + in_ms(probe.took);
  if (!probe.encoder_trouble.empty()) {
    const auto colon = probe.encoder_trouble.rfind(": ");
    return {Grade::warning, what, found + "; " + probe.encoder_trouble.substr(0, colon),
            colon == std::string::npos ? "" : "For this encoder: " + probe.encoder_trouble.substr(colon + 2) + "."};
  }
  if (probe.asked == "auto" && probe.source == "test") {
    return {Grade::warning, what, "no camera found; viewers see the test picture",
            "Plug one in, or select it: --camera /dev/video0."};
  }
  return {Grade::ok, what, found, ""};
}

Finding drive_finding(const std::string& spec, const actuator::Inspection& inspected) {
  const std::string found = spec + ": " + inspected.found;
  return {inspected.works ? Grade::ok : Grade::failed, "motors", found, inspected.remedy};
}

Finding no_drive_finding() {
  return {Grade::warning, "motors", "this robot accepts no commands",
          "To make it drivable, start it with --drive, e.g. --drive serial:/dev/ttyUSB0."};
}

Finding path_finding(const std::string& url, const Result<std::string>& description) {
  const std::string what = is_turn(url) ? "TURN server" : "STUN server";
  const std::string wanted = is_turn(url) ? " typ relay" : " typ srflx";
  if (!description) {
    return {Grade::failed, what, url + ": " + description.error().what(),
            "Check that the program rtcbot-engine is installed, and the robot's log with --log-level debug."};
  }
  if (description->find(wanted) != std::string::npos) return {Grade::ok, what, url + " is reachable", ""};
  if (!is_turn(url)) {
    // Without a NAT in between, a STUN server adds no candidate.
    return {Grade::warning, what, url + " reports no further address: it is unreachable, or there is no NAT",
            "Check that this network permits outgoing UDP; a TURN server over TLS (turns:) works without it."};
  }
  return {Grade::failed, what, url + " is unreachable, or refuses the credential",
          "Check that it runs, that its ports (3478, 5349) are open, and that its secret is the server's."};
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
