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
#include "rtcbot/signal/candidate.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// The WebSocket subprotocol of the messages below. Where the other end does not choose it, both speak RTCBot's bare
/// exchange: one offer in, one answer out, in order, and nothing else (see description.hpp).
inline constexpr std::string_view kSubprotocol = "rtcbot.v1";

/// The subprotocol between a browser's page and the server: the same messages, in the directions that are said below.
/// A page that does not ask for it posts its offers (description.hpp).
inline constexpr std::string_view kPageSubprotocol = "rtcbot.page.v1";

/// The version that is said in `Hello` and `Welcome`. Further versions only add types and fields.
inline constexpr int kVersion = 1;

/// Close codes of our own (RFC 6455 section 7.4.2 leaves 4000-4999 to applications).
inline constexpr int kCloseReplaced = 4001;   ///< Another robot registered under this name; the newest wins.
inline constexpr int kCloseForbidden = 4003;  ///< The robot's credential does not allow its name, or no more.
inline constexpr int kCloseNameTaken = 4009;  ///< A robot with another credential has this name.

/// Words of `features`: what an end can do beyond the first version. Words that are not known are ignored.
inline constexpr std::string_view kFeatureTrickle = "trickle";  ///< Takes and sends `Candidates`.
/// Takes `Cancel` for an offer that it has answered, and keeps the viewer if it is connected.
inline constexpr std::string_view kFeatureCancelAnswered = "cancel-answered";
inline constexpr std::string_view kFeatureSnapshot = "snapshot";  ///< Takes `Snapshot`.
/// Keeps to `Right::expires_in`, names the grants of its viewers in `Status`, and takes `EndViewers`.
inline constexpr std::string_view kFeatureEnd = "end";

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
  std::string name{};                   ///< Empty: nameless, or the name is in the path.
  std::string instance{};               ///< Random, one per start of the robot's program.
  int max_viewers = 0;                  ///< 0 to 1000; 0: not said.
  std::vector<std::string> features{};  ///< At most 16 words of at most 32 bytes.
  friend bool operator==(const Hello&, const Hello&) = default;
};

/// server to robot, in reply to `Hello`; server to page, first.
struct Welcome {
  int version = kVersion;
  std::string server{};  ///< The server's own version, for logs.
  std::vector<IceServer> ice_servers{};
  std::vector<std::string> features{};
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

/// What a browser may, and for how long, as the server knows it. Server to robot.
struct Right {
  static constexpr std::size_t kMaxGrantBytes = 160;
  /// A little over ten years, as long as any credential lives.
  static constexpr std::chrono::seconds kLongest{std::chrono::hours(24 * 3'661)};

  bool watch_only = false;  ///< This viewer may watch, and is not to be heard.
  std::string grant{};      ///< Names the credential that gives the right, for `EndViewers`; empty: none was asked for.
  std::optional<std::chrono::seconds> expires_in{};  ///< The robot ends the viewer then, with or without the server.
  friend bool operator==(const Right&, const Right&) = default;
};

/// server to robot: a browser wants to watch. The robot sends exactly one `AnswerMessage` or `RefusalMessage` for it.
/// page to server: I want to watch; the id is of the page's own making, and used once. The same is sent back.
struct OfferMessage {
  OfferId id{};
  std::string sdp{};                     ///< Not checked here: whoever answers puts it through `check_sdp`.
  std::vector<IceServer> ice_servers{};  ///< For this connection; empty: those of `Welcome`.
  bool trickle = false;                  ///< Further candidates come as `Candidates`, and are taken so.
  Right right{};                         ///< Server to robot.
  std::string quoted{};                  ///< As in `Offer`, for who writes this.
  friend bool operator==(const OfferMessage&, const OfferMessage&) = default;
};

/// server to page, at once: the robot has been asked. Where this does not come, the way to the server is broken.
struct Accepted {
  OfferId id{};
  friend bool operator==(const Accepted&, const Accepted&) = default;
};

/// All four ways, about an offer with `trickle`: candidates found after the description was made.
struct Candidates {
  OfferId id{};
  std::vector<Candidate> candidates{};  ///< At most `kMaxCandidatesAtOnce`; each has passed `check_candidate`.
  bool end = false;                     ///< There will be no more.
  friend bool operator==(const Candidates&, const Candidates&) = default;
};

/// robot to server; server to page.
struct AnswerMessage {
  OfferId id{};
  std::string sdp{};     ///< Not checked here either.
  std::string quoted{};  ///< As in `Answer`, where it was read.
  friend bool operator==(const AnswerMessage& a, const AnswerMessage& b) { return a.id == b.id && a.sdp == b.sdp; }
};

/// robot to server; server to page: this offer will not be answered.
struct RefusalMessage {
  OfferId id{};
  std::string error{};                                ///< A code of `Refusal`.
  std::string message{};                              ///< For the person at the browser.
  std::optional<std::chrono::seconds> retry_after{};  ///< 0 to 3600.
  friend bool operator==(const RefusalMessage&, const RefusalMessage&) = default;
};

/// server to robot: the browser hung up, or waited long enough; an answer would reach nobody.
/// page to server: I do not want it any more.
struct Cancel {
  OfferId id{};
  friend bool operator==(const Cancel&, const Cancel&) = default;
};

/// server to robot, one with `kFeatureEnd`: that credential is valid no more. All viewers who came with it are ended.
struct EndViewers {
  std::string grant{};    ///< As in `Right`.
  std::string message{};  ///< For the log, and for the person at the browser.
  friend bool operator==(const EndViewers&, const EndViewers&) = default;
};

/// robot to server: what the list of robots shows, and on whose grants its viewers are there.
struct Status {
  static constexpr std::size_t kMaxGrants = 256;  ///< Of more, the first that came are named.
  int viewers = 0;                                ///< 0 to 1000.
  std::string camera{};                           ///< A word or two; empty: no camera.
  std::vector<std::string> grants{};  ///< Each once; of viewers who are being answered, and who are connected.
  friend bool operator==(const Status&, const Status&) = default;
};

/// robot to server, now and then, where it was allowed: what its camera sees.
struct Snapshot {
  static constexpr std::size_t kMaxBytes = 32 * 1024;
  std::string jpeg{};  ///< A JPEG of at most `kMaxBytes`; in base64 on the wire.
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// What pages are told of one robot.
struct Presence {
  std::string name{};
  bool online = false;
  std::chrono::milliseconds for_time{0};   ///< How long it has been online, or offline.
  std::optional<int> viewers{};            ///< As the robot says; bare robots do not.
  std::string camera{};                    ///< As the robot says.
  Protocol protocol = Protocol::bare;      ///< Online: what it speaks. Offline: what it spoke.
  bool trickle = false;                    ///< It takes offers with `trickle`; others must be complete.
  std::optional<std::int64_t> snapshot{};  ///< The number of its newest picture; changes with it.
  bool forgotten = false;                  ///< Offline for so long that it is not listed any more.
  friend bool operator==(const Presence&, const Presence&) = default;
};

/// server to page: who is there; first about all the page asked for, then about what changed.
struct PresenceMessage {
  static constexpr std::size_t kMaxRobots = 40;  ///< In one message; a longer list comes in several.
  std::vector<Presence> robots{};
  bool more = false;  ///< Another message completes this list.
  friend bool operator==(const PresenceMessage&, const PresenceMessage&) = default;
};

/// server to robot and to page: I am about to end. Dial elsewhere, or here again after that time.
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

using Message = std::variant<Hello, Welcome, OfferMessage, Accepted, Candidates, AnswerMessage, RefusalMessage, Cancel,
                             EndViewers, Status, Snapshot, PresenceMessage, Stopping, ErrorMessage, UnknownMessage>;

/// Reads one text frame. Fields that are not known are ignored; the others must have the right type and range.
/// Strings are at most 512 bytes, except sdp (`limits`), jpeg, message (2048), camera (256) and error (64). Candidates
/// that `limits` strips are left out.  Errors:
/// too_large, bad_message.
[[nodiscard]] Result<Message> parse_message(std::string_view text, const Limits& limits = {});

/// Writes one text frame. `parse_message` gives the same message back, provided it is within the documented ranges.
[[nodiscard]] std::string write_message(const Message& message);

}  // namespace rtcbot::signal
