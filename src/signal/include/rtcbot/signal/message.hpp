#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/base/strong_id.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// The WebSocket subprotocol of the messages below. Where the other end does not choose it, both speak RTCBot's bare
/// exchange: one offer in, one answer out, in order, and nothing else (see description.hpp).
inline constexpr std::string_view kSubprotocol = "rtcbot.v1";

/// The version that is said in `Hello` and `Welcome`. Further versions only add types and fields.
inline constexpr int kVersion = 1;

/// Close codes of our own (RFC 6455 section 7.4.2 leaves 4000-4999 to applications).
inline constexpr int kCloseReplaced = 4001;   ///< Another robot registered under this name; the newest wins.
inline constexpr int kCloseForbidden = 4003;  ///< The robot's credential does not allow its name, or no more.
inline constexpr int kCloseNameTaken = 4009;  ///< A robot with another credential has this name.

/// What a robot speaks on its socket.
enum class Protocol {
  bare,  ///< RTCBot's own: bare offers and answers, matched by their order.
  v1,    ///< `kSubprotocol`: the messages below, matched by id.
};

/// Names one offer on one server, from `OfferMessage` to its answer. On the wire a JSON number from 0 to 2^53 - 1.
using OfferId = StrongId<struct OfferIdTag>;

/// A STUN or TURN server, as in the browser's RTCIceServer.
struct IceServer {
  std::vector<std::string> urls{};
  std::string username{};
  std::string credential{};
  friend bool operator==(const IceServer&, const IceServer&) = default;
};

/// robot to server, first: who I am.
struct Hello {
  int version = kVersion;
  std::string name{};      ///< Empty: nameless, or the name is in the path.
  std::string instance{};  ///< Random, one per start of the robot's program.
  int max_viewers = 0;     ///< 0 to 1000; 0: not said.
  friend bool operator==(const Hello&, const Hello&) = default;
};

/// server to robot, in reply to `Hello`.
struct Welcome {
  int version = kVersion;
  std::string server{};  ///< The server's own version, for logs.
  std::vector<IceServer> ice_servers{};
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

/// server to robot: a browser wants to watch. The robot sends exactly one `AnswerMessage` or `RefusalMessage` for it.
struct OfferMessage {
  OfferId id{};
  std::string sdp{};                     ///< Not checked here: whoever answers puts it through `check_sdp`.
  std::vector<IceServer> ice_servers{};  ///< For this connection; empty: those of `Welcome`.
  friend bool operator==(const OfferMessage&, const OfferMessage&) = default;
};

/// robot to server.
struct AnswerMessage {
  OfferId id{};
  std::string sdp{};  ///< Not checked here either.
  friend bool operator==(const AnswerMessage&, const AnswerMessage&) = default;
};

/// robot to server: this offer will not be answered.
struct RefusalMessage {
  OfferId id{};
  std::string error{};                                ///< A code of `Refusal`.
  std::string message{};                              ///< For the person at the browser.
  std::optional<std::chrono::seconds> retry_after{};  ///< 0 to 3600.
  friend bool operator==(const RefusalMessage&, const RefusalMessage&) = default;
};

/// server to robot: the browser hung up, or waited long enough; an answer would reach nobody.
struct Cancel {
  OfferId id{};
  friend bool operator==(const Cancel&, const Cancel&) = default;
};

/// robot to server: what the list of robots shows.
struct Status {
  int viewers = 0;       ///< 0 to 1000.
  std::string camera{};  ///< A word or two; empty: no camera.
  friend bool operator==(const Status&, const Status&) = default;
};

/// server to robot: I am about to end. Dial elsewhere, or here again after that time.
struct Stopping {
  std::chrono::milliseconds retry_after{0};  ///< 0 to 3,600,000 ms.
  friend bool operator==(const Stopping&, const Stopping&) = default;
};

/// Either way: something about the connection itself is wrong. The sender closes after it.
struct ErrorMessage {
  std::string error{};
  std::string message{};
  friend bool operator==(const ErrorMessage&, const ErrorMessage&) = default;
};

/// A type that this version does not know: ignore and count.
struct UnknownMessage {
  std::string type{};  ///< Shortened to 64 bytes.
  friend bool operator==(const UnknownMessage&, const UnknownMessage&) = default;
};

using Message = std::variant<Hello, Welcome, OfferMessage, AnswerMessage, RefusalMessage, Cancel, Status, Stopping,
                             ErrorMessage, UnknownMessage>;

/// Reads one text frame. Fields that are not known are ignored; the others must have the right type and range.
/// Strings are at most 512 bytes, except sdp (`limits`), message (2048), camera (256) and error (64).  Errors:
/// too_large, bad_message.
[[nodiscard]] Result<Message> parse_message(std::string_view text, const Limits& limits = {});

/// Writes one text frame. `parse_message` gives the same message back, provided it is within the documented ranges.
[[nodiscard]] std::string write_message(const Message& message);

}  // namespace rtcbot::signal
