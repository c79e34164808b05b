#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/safety/command.hpp"

namespace rtcbot::control {

using safety::ViewerId;

/// The two data channels of docs/control.md.
enum class Channel {
  drive,    ///< "rtcbot.drive": unordered, no retransmission.
  control,  ///< "rtcbot.control": reliable, in order.
};

inline constexpr std::string_view kDriveChannel = "rtcbot.drive";
inline constexpr std::string_view kControlChannel = "rtcbot.control";
inline constexpr std::size_t kMaxDriveBytes = 1'200;  ///< One packet.
inline constexpr std::size_t kMaxControlBytes = 16 * 1024;
inline constexpr std::size_t kMaxNameCharacters = 40;

// ---- page to robot

/// The emergency stop, repeated until the page sees it latched.
struct StopMessage {
  std::uint64_t number = 0;
  friend bool operator==(const StopMessage&, const StopMessage&) = default;
};

struct Hello {
  std::string name{};  ///< The viewer's name for itself, unverified; UTF-8 without control characters.
  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Request {
  enum class What { take, give, grant, refuse, stop, release, limit, camera, listen, talk, bad };
  std::uint64_t id = 0;
  What what = What::bad;  ///< `bad`: not understood; still gets an `Ack`.
  double limit = 1;
  std::string camera{};
  bool on = false;  ///< Of `listen` and `talk`.
  friend bool operator==(const Request&, const Request&) = default;
};

/// A page's message: a command or a stop on the drive channel, a hello or a request on the control channel.
using PageMessage = std::variant<safety::Command, StopMessage, Hello, Request>;

/// Never throws. Errors: too_large, bad_message.
[[nodiscard]] Result<PageMessage> parse_message(Channel channel, std::string_view text);

/// True if it presses the emergency stop, on either channel.
[[nodiscard]] bool is_stop(const PageMessage& message);

// ---- robot to page; the fields are those of docs/control.md

/// Directions of audio: available, or requested.
struct AudioWays {
  bool listen = false;  ///< The robot has a microphone.
  bool talk = false;    ///< The robot has a speaker, and this viewer may use it.
  friend bool operator==(const AudioWays&, const AudioWays&) = default;
};

struct Welcome {
  ViewerId viewer{};
  bool may_drive = false;
  std::chrono::milliseconds dead_man{}, stale_command{}, stale_picture{};
  std::vector<std::string> modes{};
  AudioWays audio{};
};

struct Person {
  ViewerId viewer{};
  std::string name{};
  bool may_drive = false;
};

struct CameraStatus {
  std::string name{};
  std::string state{};   ///< "running", "frozen", …
  std::string reason{};  ///< A sentence for viewers; may be empty.
  friend bool operator==(const CameraStatus&, const CameraStatus&) = default;
};

struct StateMessage {
  std::optional<ViewerId> driver{}, asking{};
  std::vector<Person> people{};
  bool stopped = false;
  std::optional<ViewerId> stopped_by{};
  double limit = 1;
  std::vector<CameraStatus> cameras{};
  std::string camera{};
};

struct Ack {
  std::uint64_t id = 0;
  bool asked = false;
  std::string error{};    ///< Empty: the request succeeded.
  std::string message{};  ///< A sentence, with `error`.
};

/// The robot ends this connection. The page closes it when it has read this.
struct End {
  std::string error{};                                ///< A code of `signal::Refusal`.
  std::string message{};                              ///< A sentence for a person.
  std::optional<std::chrono::seconds> retry_after{};  ///< Do not connect again before.
};

struct StatusMessage {
  double robot_ms = 0;
  std::uint64_t newest = 0;
  std::optional<double> age_ms{};
  safety::Output output{};
  bool stopped = false;
  std::optional<ViewerId> driver{};
  std::int64_t late = 0, stale = 0;
};

[[nodiscard]] std::string write(const Welcome& message);
[[nodiscard]] std::string write(const StateMessage& message);
[[nodiscard]] std::string write(const Ack& message);
[[nodiscard]] std::string write(const End& message);
[[nodiscard]] std::string write(const StatusMessage& message);
/// `data`: JSON text. Errors: bad_message if it is not JSON; too_large if no channel can carry it.
[[nodiscard]] Result<std::string> write_telemetry(double robot_ms, std::string_view data);

}  // namespace rtcbot::control
