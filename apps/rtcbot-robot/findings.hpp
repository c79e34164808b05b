#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "rtcbot/actuator/inspect.hpp"
#include "rtcbot/base/result.hpp"

namespace rtcbot::app {

/// One line of `rtcbot-robot --check`. A value.
struct Finding {
  enum class Grade {
    ok,
    warning,  ///< The robot works, but perhaps not as intended.
    failed,   ///< The robot does not work until the fault is repaired.
  };
  Grade grade = Grade::ok;
  std::string what{};    ///< The checked part: "server", "camera front".
  std::string found{};   ///< The result, as a sentence without its full stop.
  std::string advice{};  ///< What to do; empty if nothing.
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// "ok       server   wss://… accepts this robot\n"; the advice is on a second line.
[[nodiscard]] std::string text_of(const Finding& finding);

/// The server's answer to the question whether it accepts this robot.
struct ServerAnswer {
  int status = 0;                     ///< HTTP; 0: no answer came, `trouble` says why.
  std::string trouble{};              ///< A sentence from the dialler.
  bool opened = false;                ///< A WebSocket opened: the server does not know the check.
  bool has_token = false;             ///< The robot showed a token.
  std::optional<Errc> code{};         ///< The kind of `trouble`.
  std::chrono::milliseconds took{0};  ///< From the dial to the answer.
};
[[nodiscard]] Finding server_finding(const std::string& url, const ServerAnswer& answer);

/// @param behind the server's clock minus this machine's; empty: unknown
/// @param is_synchronized whether a time service disciplines this machine's clock
[[nodiscard]] Finding clock_finding(std::optional<std::chrono::milliseconds> behind, bool is_synchronized);

/// The result of opening a camera and encoding one picture.
struct CameraProbe {
  std::string asked{};                 ///< The value of --camera.
  std::string source{};                ///< The source that "auto" chose.
  std::string encoder{};               ///< Empty: none works.
  std::string codec{};                 ///< Of the first frame; empty: no frame came.
  std::string trouble{};               ///< Why it failed; empty: unknown.
  std::string encoder_trouble{};       ///< Why the encoder of --encoder does not work; empty if it does.
  std::vector<std::string> cameras{};  ///< Those of this machine, if this one failed.
  std::chrono::milliseconds took{0};   ///< To the first encoded picture.
};
[[nodiscard]] Finding camera_finding(const std::string& name, const CameraProbe& probe);

/// @param spec the value of --drive
[[nodiscard]] Finding drive_finding(const std::string& spec, const actuator::Inspection& inspected);
/// For a robot without --drive.
[[nodiscard]] Finding no_drive_finding();

/// @param url of a STUN or TURN server; `description`: the SDP of a connection that uses only this server
[[nodiscard]] Finding path_finding(const std::string& url, const Result<std::string>& description);
/// For a robot without any TURN server.
[[nodiscard]] Finding no_path_finding();

/// True if nothing failed.
[[nodiscard]] bool is_fit(const std::vector<Finding>& findings);

}  // namespace rtcbot::app
