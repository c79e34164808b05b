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
#include "rtcbot/signal/ice_server.hpp"
#include "rtcbot/signal/limits.hpp"

namespace rtcbot::signal {

/// The WebSocket subprotocol of the messages below. If the other side does not select it, both sides use RTCBot's
/// legacy exchange: one offer in, one answer out, in order, and nothing else (see description.hpp).
inline constexpr std::string_view kSubprotocol = "rtcbot.v1";

/// The subprotocol between a page and the server. It uses the same messages, in the directions stated below. A page
/// without it sends its offers by HTTP POST (description.hpp).
inline constexpr std::string_view kPageSubprotocol = "rtcbot.page.v1";

/// The version in `Hello` and `Welcome`. Later versions only add types and fields.
inline constexpr int kVersion = 1;

/// This project's close codes (RFC 6455 section 7.4.2 reserves 4000-4999 for applications).
inline constexpr int kCloseReplaced = 4001;   ///< A newer socket has taken over this name.
inline constexpr int kCloseForbidden = 4003;  ///< The robot's credential does not allow its name, or no longer does.
inline constexpr int kCloseNameTaken = 4009;  ///< Another robot has this name; see the reason.

/// Values of `features`: abilities beyond the first version. Unknown values are ignored.
inline constexpr std::string_view kFeatureTrickle = "trickle";  ///< Accepts and sends `Candidates`.
/// Accepts `Cancel` after its answer, and keeps the viewer if it is connected.
inline constexpr std::string_view kFeatureCancelAnswered = "cancel-answered";
inline constexpr std::string_view kFeatureSnapshot = "snapshot";  ///< Accepts `Snapshot`.
/// Obeys `Permissions::expires_in`, lists the grants of its viewers in `Status`, and accepts `EndViewers`.
inline constexpr std::string_view kFeatureEnd = "end";

/// Values of `ErrorMessage::error` that pages distinguish.
inline constexpr std::string_view kErrorSignedOut = "signed_out";         ///< The user signed out.
inline constexpr std::string_view kErrorTooManyPages = "too_many_pages";  ///< The server or the address has too many.

/// The protocol on a robot's socket.
enum class Protocol {
  legacy,  ///< RTCBot's own: legacy offers and answers, matched by order.
  v1,      ///< `kSubprotocol`: the messages below, matched by id.
};

/// Identifies one offer on one server, from `OfferMessage` to its answer. On the wire a JSON number from 0 to 2^53 - 1.
using OfferId = StrongId<struct OfferIdTag>;

/// robot to server, first message: identifies the robot.
struct Hello {
  int version = kVersion;
  std::string name{};                   ///< Empty: the default robot, or the name is in the path.
  std::string instance{};               ///< Random; one value per start of the robot's program.
  int max_viewers = 0;                  ///< 0 to 1000; 0: not specified.
  std::vector<std::string> features{};  ///< At most 16 words of at most 32 bytes.
  friend bool operator==(const Hello&, const Hello&) = default;
};

/// server to robot, in reply to `Hello`; server to page, first.
struct Welcome {
  int version = kVersion;
  std::string server{};  ///< The server's software version, for logs.
  std::vector<IceServer> ice_servers{};
  std::vector<std::string> features{};
  friend bool operator==(const Welcome&, const Welcome&) = default;
};

/// server to robot: a viewer's permissions and their lifetime, as the server knows them.
struct Permissions {
  static constexpr std::size_t kMaxGrantBytes = 160;
  /// A little over ten years, the maximum lifetime of a credential.
  static constexpr std::chrono::seconds kMax{std::chrono::hours(24 * 3'661)};

  bool watch_only = false;  ///< This viewer may watch; the robot ignores its commands.
  std::string grant{};      ///< Identifies the credential, for `EndViewers`; empty: no credential was required.
  std::optional<std::chrono::seconds> expires_in{};  ///< After this time the robot ends the viewer, with or without the
                                                     ///< server.
  friend bool operator==(const Permissions&, const Permissions&) = default;
};

/// server to robot: a browser wants to watch. The robot replies with exactly one `AnswerMessage` or `RefusalMessage`.
/// page to server: the page wants to watch. The page chooses the id and uses it once; replies carry the same id.
struct OfferMessage {
  OfferId id{};
  std::string sdp{};                     ///< Not checked here, so that a bad one can be refused by its id: see `check`.
  std::vector<IceServer> ice_servers{};  ///< For this connection; empty: use those of `Welcome`.
  bool trickle = false;                  ///< More candidates follow as `Candidates`, and the sender accepts
                                         ///< `Candidates`.
  Permissions permissions{};             ///< Server to robot.
  std::string quoted{};                  ///< As in `Offer`, for the writer of this message.
  friend bool operator==(const OfferMessage&, const OfferMessage&) = default;
};

/// server to page, immediately: the server has forwarded the offer. If it does not arrive, the connection to the server
/// is broken.
struct Accepted {
  OfferId id{};
  friend bool operator==(const Accepted&, const Accepted&) = default;
};

/// All four directions, about an offer with `trickle`: candidates found after the description was created.
struct Candidates {
  OfferId id{};
  std::vector<Candidate> candidates{};  ///< At most `kMaxCandidatesAtOnce`; each has passed `check_candidate`.
  bool end = false;                     ///< No more candidates follow.
  friend bool operator==(const Candidates&, const Candidates&) = default;
};

/// robot to server; server to page.
struct AnswerMessage {
  OfferId id{};
  std::string sdp{};     ///< Not checked here.
  std::string quoted{};  ///< As in `Answer`, if this message was parsed.
  friend bool operator==(const AnswerMessage& a, const AnswerMessage& b) { return a.id == b.id && a.sdp == b.sdp; }
};

/// robot to server; server to page: the offer gets no answer.
struct RefusalMessage {
  OfferId id{};
  std::string error{};                                ///< A code of `Refusal`.
  std::string message{};                              ///< For the person at the browser.
  std::optional<std::chrono::seconds> retry_after{};  ///< 0 to 3600.
  friend bool operator==(const RefusalMessage&, const RefusalMessage&) = default;
};

/// server to robot: the browser disconnected or timed out; nobody waits for the answer.
/// page to server: withdraws the offer.
struct Cancel {
  OfferId id{};
  friend bool operator==(const Cancel&, const Cancel&) = default;
};

/// server to a robot with `kFeatureEnd`: the credential is no longer valid. The robot ends all viewers that used it.
struct EndViewers {
  std::string grant{};    ///< As in `Permissions`.
  std::string message{};  ///< For the log, and for the person at the browser.
  friend bool operator==(const EndViewers&, const EndViewers&) = default;
};

/// robot to server: data for the list of robots, and the grants of the robot's viewers.
struct Status {
  static constexpr std::size_t kMaxGrants = 256;  ///< If there are more, the oldest are listed.
  int viewers = 0;                                ///< 0 to 1000.
  std::string camera{};                           ///< One or two words; empty: no camera.
  std::vector<std::string> grants{};              ///< Each grant once; of connecting and connected viewers.
  friend bool operator==(const Status&, const Status&) = default;
};

/// robot to server, periodically if permitted: a picture of the robot's camera.
struct Snapshot {
  static constexpr std::size_t kMaxBytes = 32 * 1024;
  std::string jpeg{};  ///< A JPEG of at most `kMaxBytes`; base64 on the wire.
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// The state of one robot, for pages.
struct Presence {
  std::string name{};
  bool online = false;
  std::chrono::milliseconds for_time{0};   ///< Time since it went online, or offline.
  std::optional<int> viewers{};            ///< As the robot reports; legacy robots report nothing.
  std::string camera{};                    ///< As the robot reports.
  Protocol protocol = Protocol::legacy;    ///< Online: its protocol. Offline: its last protocol.
  bool trickle = false;                    ///< It accepts offers with `trickle`; other robots need complete offers.
  std::optional<std::int64_t> snapshot{};  ///< Number of its newest picture; changes with each picture.
  bool forgotten = false;                  ///< Offline for so long that it is no longer listed.
  friend bool operator==(const Presence&, const Presence&) = default;
};

/// server to page: the state of robots. First all robots that the page subscribed to, then changes.
struct PresenceMessage {
  static constexpr std::size_t kMaxRobots = 40;  ///< Limit for one message; a longer list takes several.
  std::vector<Presence> robots{};
  bool more = false;  ///< Another message continues this list.
  friend bool operator==(const PresenceMessage&, const PresenceMessage&) = default;
};

/// server to robot and to page: the server is about to stop. Dial another server, or this one after `retry_after`.
struct Stopping {
  std::chrono::milliseconds retry_after{0};  ///< 0 to 3,600,000 ms.
  friend bool operator==(const Stopping&, const Stopping&) = default;
};

/// Both directions: the connection itself has an error. The sender closes it afterwards.
struct ErrorMessage {
  /// A code of `Refusal`, or one that only exists here: `kErrorSignedOut`, `kErrorTooManyPages`.
  std::string error{};
  std::string message{};                              ///< For the log, and for the person at the browser.
  std::optional<std::chrono::seconds> retry_after{};  ///< 0 to 3600.
  friend bool operator==(const ErrorMessage&, const ErrorMessage&) = default;
};

/// A message of a type that this version does not know. Receivers ignore and count it.
struct UnknownMessage {
  std::string type{};  ///< Shortened to 64 bytes.
  friend bool operator==(const UnknownMessage&, const UnknownMessage&) = default;
};

using Message = std::variant<Hello, Welcome, OfferMessage, Accepted, Candidates, AnswerMessage, RefusalMessage, Cancel,
                             EndViewers, Status, Snapshot, PresenceMessage, Stopping, ErrorMessage, UnknownMessage>;

/// Reads one text frame. Ignores unknown fields; the others must have the right type and range.
/// Strings are at most 512 bytes, except sdp (`limits`), jpeg, message (2048), camera (256) and error (64). Leaves out
/// candidates that `limits` strips.  Errors: too_large, bad_message.
[[nodiscard]] Result<Message> parse_message(std::string_view text, const Limits& limits = {});

/// Writes one text frame. `parse_message` returns an equal message if all values are within the documented ranges.
[[nodiscard]] std::string write_message(const Message& message);

}  // namespace rtcbot::signal
