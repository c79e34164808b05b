#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_rate_limiter.hpp"
#include "rtcbot/base/strong_id.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/broker/deadlines.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/limits.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::broker {

/// One robot's WebSocket. Unique over the life of a broker.
using SocketId = StrongId<struct SocketIdTag>;
/// One browser's offer, by `POST` or on a page's socket. Unique over the life of a broker.
using RequestId = StrongId<struct RequestIdTag>;

/// One page's WebSocket. Unique over the life of a server.
using PageId = StrongId<struct PageIdTag>;

/// Sends a text frame on a socket.
struct SendText {
  SocketId socket{};
  std::string text{};
  friend bool operator==(const SendText&, const SendText&) = default;
};

/// Sends the queued frames, then this close frame. The broker has already removed the socket and ignores its further
/// messages.
struct CloseSocket {
  SocketId socket{};
  int code = 1000;       ///< RFC 6455 section 7.4.1, or one of `signal::kClose…`.
  std::string reason{};  ///< At most 123 bytes.
  friend bool operator==(const CloseSocket&, const CloseSocket&) = default;
};

/// Answers a request. There is exactly one for each `offer` that was not abandoned before.
struct Respond {
  RequestId request{};
  int status = 200;
  std::string body{};
  std::string content_type = "application/json; charset=utf-8";
  std::optional<std::chrono::seconds> retry_after{};  ///< The Retry-After header field.
  friend bool operator==(const Respond&, const Respond&) = default;
};

/// A robot came online, went offline or reported new data. For lists of robots and the pages that watch them.
struct RobotChanged {
  SocketId socket{};
  signal::RobotName name{};
  bool is_online = false;
  signal::Protocol protocol = signal::Protocol::legacy;
  std::optional<int> viewers{};  ///< As the robot reports; legacy robots report nothing.
  std::string camera{};          ///< As the robot reports; untrusted.
  bool trickle = false;          ///< It accepts trickled candidates.
  bool is_replaced = false;      ///< Offline because a newer socket of the same name comes online next.
  std::string address{};         ///< As in `RobotCredential::address`.
  friend bool operator==(const RobotChanged&, const RobotChanged&) = default;
};

/// Asks whether this robot may have the name among all servers. The shell answers with `name_decided`; see
/// `Config::names_are_claimed`.
struct ClaimName {
  SocketId socket{};
  signal::RobotName name{};
  signal::Protocol protocol = signal::Protocol::legacy;
  std::string owner{};  ///< As in `robot_connected`.
  friend bool operator==(const ClaimName&, const ClaimName&) = default;
};

/// Asks whether the other side of that socket still responds. The shell pings it, and calls `robot_alive` if anything
/// arrives.
struct CheckAlive {
  SocketId socket{};
  friend bool operator==(const CheckAlive&, const CheckAlive&) = default;
};

/// The shell's answer to `ClaimName`.
enum class NameDecision {
  granted,  ///< The robot is online now.
  taken,    ///< A robot with another credential has the name: closed with `signal::kCloseNameTaken`.
  unknown,  ///< The servers could not decide: closed with 1013, so that the robot tries again.
};

/// The robot's trickled candidates for the offer of that request (only offers with `trickle`).
struct RobotCandidates {
  RequestId request{};
  std::vector<signal::Candidate> candidates{};
  bool end = false;  ///< No more candidates follow.
  friend bool operator==(const RobotCandidates&, const RobotCandidates&) = default;
};

/// A robot sent a picture of its camera.
struct RobotSnapshot {
  signal::RobotName name{};
  std::string jpeg{};
  friend bool operator==(const RobotSnapshot&, const RobotSnapshot&) = default;
};

using Action = std::variant<SendText, CloseSocket, Respond, RobotCandidates, RobotChanged, RobotSnapshot, ClaimName,
                            CheckAlive, LogRecord>;

/// The broker's view of a robot's credential; empty on an open server.
struct RobotCredential {
  /// Identifies the credential's holder: sockets with equal text belong to the same robot.
  std::string owner{};
  /// Returns true if the credential allows that name; empty: any name.
  std::function<bool(const signal::RobotName&)> allows{};
  /// The address for `Config::max_robots_per_address`; empty: not counted, because a credential identifies the robot.
  std::string address{};
};

/// A robot's WebSocket that was accepted.
struct RobotSocket {
  SocketId id{};
  /// From the path. If it is the default name, the `hello` of a `rtcbot.v1` robot may contain one.
  signal::RobotName name{};
  signal::Protocol protocol = signal::Protocol::legacy;
  std::string remote{};  ///< The other side's address, for logs.
  RobotCredential credential{};
};

/// An offer from a page's socket. `Pages` has it as an action: call `Broker::page_offer`; `Pages::responded` follows,
/// unless `GiveUp` comes first.
struct PageOffer {
  RequestId request{};
  PageId page{};
  signal::RobotName robot{};
  std::string sdp{};
  bool trickle = false;
  signal::Permissions permissions{};
  friend bool operator==(const PageOffer&, const PageOffer&) = default;
};

struct Config {
  std::chrono::milliseconds robot_timeout{10'000};        ///< Maximum time until a request is answered.
  std::size_t max_waiting_per_robot = 16;                 ///< Unanswered requests per robot; more get `busy`.
  std::size_t max_robots = 20'000;                        ///< Sockets; more are closed with 1013.
  std::size_t max_robots_per_address = 0;                 ///< Online names per address; 0: unlimited.
  std::chrono::milliseconds alive_timeout{5'000};         ///< A robot that does not answer `CheckAlive` in this time
                                                          ///< has lost its link.
  std::size_t max_challengers = 4;                        ///< Sockets that wait for the name of a robot that is online.
  std::chrono::seconds retry_after{2};                    ///< Retry time sent to browsers with `busy` and `stopping`.
  std::chrono::milliseconds stopping_retry_after{2'000};  ///< Retry time sent to the first robot when the server stops.
  /// Added for each further robot, to spread their reconnections: a TLS handshake costs about 0.65 ms.
  std::chrono::milliseconds stopping_spacing{1};
  std::string server_version{};                  ///< Sent in `Welcome`.
  std::vector<signal::IceServer> ice_servers{};  ///< Sent to `rtcbot.v1` robots.
  /// For ICE credentials that expire: returns new servers for each offer, in place of `ice_servers`. Must not call
  /// back.
  std::function<std::vector<signal::IceServer>(SocketId, const signal::RobotName&)> ice_servers_of_offer{};
  std::size_t max_candidates_per_offer = 64;                  ///< Per side; more are dropped.
  std::chrono::milliseconds candidates_after_answer{15'000};  ///< How long candidates are forwarded after the answer.
  std::chrono::milliseconds snapshot_interval{1'000};         ///< Minimum interval of a robot's pictures; earlier ones
                                                              ///< are dropped.
  /// Returns why that grant (`signal::Permissions`) is no longer valid, or nothing if it is valid. Must not call back.
  std::function<std::optional<std::string>(const std::string& grant)> why_ended{};
  /// Several servers share the names: a robot is online only after `ClaimName` was granted, within `robot_timeout`.
  bool names_are_claimed = false;
  /// The broker only forwards offers; the robot decides about `.local` candidates.
  signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
};

/// Counters since construction.
struct Stats {
  std::array<std::int64_t, signal::kRefusalCount> refusals{};  ///< Indexed by `signal::Refusal`.
  std::int64_t robots_connected = 0;
  std::int64_t robots_replaced = 0;     ///< Closed because a newer socket took the name.
  std::int64_t robots_closed = 0;       ///< Closed for what they sent or failed to send.
  std::int64_t robots_turned_away = 0;  ///< Rejected by `max_robots` or `max_robots_per_address`, or while stopping.
  std::int64_t offers = 0;
  std::int64_t answers = 0;
  std::int64_t abandoned = 0;           ///< Requests whose browser left before the answer.
  std::int64_t late_answers = 0;        ///< Answers to requests that no longer exist; dropped.
  std::int64_t unknown_messages = 0;    ///< Of types that a later version added; ignored.
  std::int64_t candidates = 0;          ///< Forwarded, in both directions.
  std::int64_t candidates_dropped = 0;  ///< Too many, too late, or for an unknown offer.
  std::int64_t snapshots = 0;
  std::int64_t snapshots_dropped = 0;     ///< Too soon after the previous one.
  std::int64_t permissions_ended = 0;     ///< Number of `EndViewers` messages sent to robots.
  std::int64_t log_lines_suppressed = 0;  ///< Over the rate limit of one robot's address; logged as a count.

  [[nodiscard]] std::int64_t refused(signal::Refusal refusal) const {
    return refusals.at(static_cast<std::size_t>(refusal));
  }
};

/// One robot, as the list of robots shows it.
struct RobotInfo {
  signal::RobotName name{};
  signal::Protocol protocol = signal::Protocol::legacy;
  Timestamp online_since{};
  Duration online_for{};
  std::optional<int> viewers{};  ///< As the robot reports; legacy robots report nothing.
  std::string camera{};          ///< As the robot reports; untrusted.
  std::string instance{};        ///< As the robot reports; untrusted.
  std::string remote{};
  std::size_t waiting = 0;  ///< Unanswered requests.
};

/// The server's core logic: forwards offers from browsers to robots, and each answer to the browser that asked.
///
/// Pure: time and input are passed in; after each call, drain `poll_action` and read `next_timeout`. Not thread-safe.
/// Ignores unknown and expired ids, so the shell need not order its events.
///
/// Legacy robots (unmodified RTCBot) match answers to offers by order alone, so the broker sends them one offer at a
/// time and queues the others. The robot must answer within `robot_timeout` after the offer was sent. Otherwise the
/// broker closes it, because every later answer would be matched to the wrong offer, and refuses the queued requests as
/// `robot_left`. If the browser gives up sooner, the broker discards the answer. `rtcbot.v1` robots match by id and
/// answer many offers at a time, in any order.
///
/// A second socket for the name of a robot that is online:
/// * With another credential it is refused.
/// * With the same credential, or with the same `Hello::instance`, it is the same robot after a lost link, and replaces
///   the first immediately.
/// * Otherwise nothing proves that it is the same robot, and the broker checks whether the first still responds. If not
///   within `alive_timeout`, it is replaced. If it does, a `rtcbot.v1` robot is refused; a legacy socket, which never
///   dials again, waits until the name is free.
/// * A legacy robot that has never answered an offer may be a stray connection: a `rtcbot.v1` robot replaces it.
class Broker {
 public:
  explicit Broker(Config config) : config_(std::move(config)) {}

  /// A socket was accepted. A `rtcbot.v1` robot is online after its `hello`. Closes the socket with
  /// `signal::kCloseForbidden` if the credential does not allow the name.
  void robot_connected(Timestamp now, RobotSocket accepted);
  void robot_message(Timestamp now, SocketId socket, std::string_view text, bool is_binary);
  void robot_disconnected(Timestamp now, SocketId socket);
  /// Something arrived from that robot after `CheckAlive`.
  void robot_alive(Timestamp now, SocketId socket);
  /// The answer to `ClaimName`; ignored if the robot has left since.
  void name_decided(Timestamp now, SocketId socket, NameDecision decision);
  /// Another server now owns the name of this robot, which is online or waits for `name_decided`. `to_same_owner`: the
  /// same robot connected there; otherwise a robot with another credential has the name.
  void name_lost(Timestamp now, SocketId socket, bool to_same_owner);

  /// A browser's `POST`, with its body unchanged. Refuses an offline default robot as `no_robot`, a named one as
  /// `robot_offline`.
  /// Sends `permissions` to the robot. Refuses a viewer who may only watch as `forbidden` if the robot is a legacy one,
  /// which cannot ignore that viewer's messages.
  void offer(Timestamp now, RequestId request, const signal::RobotName& name, std::string_view body,
             signal::Permissions permissions = {});
  /// The same from a page's socket, with `sdp` unchanged. `trickle`: candidates follow. Refuses such an offer as
  /// `robot_left` if the robot does not support them: the page then reads the robot's presence again and makes a
  /// complete offer.
  void page_offer(Timestamp now, PageOffer offer);
  /// The page's candidates for an offer with `trickle`; accepted until `candidates_after_answer` has passed.
  void page_candidates(RequestId request, std::vector<signal::Candidate> candidates, bool end);
  /// Call when the result of `Config::why_ended` may have changed. Sends `EndViewers` to robots whose viewers use an
  /// ended grant.
  void check_grants();
  /// The browser disconnected or cancelled; no `Respond` follows, unless one was given already. While candidates are
  /// forwarded, a robot with `kFeatureCancelAnswered` is notified after its answer too.
  void request_abandoned(Timestamp now, RequestId request);

  /// Stops: refuses all waiting requests, closes all robots, and refuses everything afterwards.
  void stop(Timestamp now);

  /// Call it at `next_timeout` or later; harmless before.
  void handle_timeout(Timestamp now);
  /// When `handle_timeout` is due; `kNever` if there is no deadline.
  [[nodiscard]] Timestamp next_timeout() const;

  /// Returns the next action, in order; nothing when the queue is empty.
  [[nodiscard]] std::optional<Action> poll_action();

  [[nodiscard]] const Stats& stats() const { return stats_; }
  /// The robots online, by name.
  [[nodiscard]] std::vector<RobotInfo> robots(Timestamp now) const;
  [[nodiscard]] bool is_online(const signal::RobotName& name) const { return online_.contains(name); }
  /// True if a robot of another owner is online under that name.
  [[nodiscard]] bool is_taken(const signal::RobotName& name, std::string_view owner) const;
  /// Number of unanswered requests.
  [[nodiscard]] std::size_t waiting() const { return requests_.size(); }

 private:
  struct Robot {
    signal::RobotName name;
    signal::Protocol protocol = signal::Protocol::legacy;
    std::string remote;
    RobotCredential credential;
    Timestamp connected_at{};
    bool is_online = false;    ///< False for a `rtcbot.v1` robot before its hello.
    bool is_claiming = false;  ///< It waits for `name_decided`.
    /// It wants the name of a robot that is online.
    enum class Challenge {
      none,
      asking,   ///< Until that robot responds, or its time is up.
      waiting,  ///< Until that robot leaves.
    } challenge = Challenge::none;
    bool has_answered = false;  ///< Legacy: it has answered an offer, so it is a robot.
    std::string instance;
    std::optional<int> viewers;
    std::string camera;
    bool trickle = false;
    bool cancels_answered = false;
    std::vector<std::string> grants;  ///< Of its viewers, from its last `Status`.
    bool is_replaced = false;
    Timestamp next_snapshot{};
    /// Offers with `trickle`, answered or not, while candidates are forwarded.
    std::map<signal::OfferId, RequestId> trickling;
    /// Unanswered requests by offer. v1: all were sent. Legacy: at most the smallest was sent.
    std::map<signal::OfferId, RequestId> waiting;
    /// Legacy only: the offer that the robot must answer next. Not in `waiting` if its browser has left.
    std::optional<signal::OfferId> outstanding;
  };
  struct Request {
    SocketId socket;
    signal::OfferId offer;
    signal::Offer unsent;  ///< Legacy only, while it is queued.
  };
  /// The route of an offer's candidates; it outlives the request.
  struct Trickle {
    SocketId socket;
    signal::OfferId offer;
    std::size_t from_page = 0;
    std::size_t from_robot = 0;
  };
  using Robots = std::unordered_map<SocketId, Robot>;

  /// The robot's name is known: puts it online, or claims the name first.
  void take_name(Timestamp now, SocketId socket, Robot& robot);
  void name_granted(SocketId socket, Robot& robot);
  /// Claims the name, or puts the robot online.
  void claim_name(Timestamp now, SocketId socket, Robot& robot);
  /// True if no other robot is online under this robot's name, or this one proves that it may replace that one.
  [[nodiscard]] bool may_replace(const Robot& robot) const;
  void challenge(Timestamp now, SocketId socket, Robot& robot);
  void refuse_challenger(SocketId socket, const Robot& robot);
  void end_challenge(SocketId socket, Robot& robot);
  /// A robot has left this name: the next challenger may have it.
  void promote_challenger(Timestamp now, const signal::RobotName& name);
  /// The challengers of that name, the oldest first.
  [[nodiscard]] std::vector<SocketId> challengers_of(const signal::RobotName& name) const;
  /// True if the robot's address has its maximum of other names online.
  [[nodiscard]] bool has_too_many(const Robot& robot) const;
  void refuse_address(SocketId socket, const Robot& robot);
  void go_online(SocketId socket, Robot& robot);
  void tell_change(SocketId socket, const Robot& robot);
  void refuse_name(SocketId socket, const Robot& robot);
  /// Returns the robot for a request; null if the request was refused.
  [[nodiscard]] Robot* robot_for(RequestId request, const signal::RobotName& name);
  struct Asked {
    bool trickle = false;
    signal::Permissions permissions{};
  };
  void ask(Timestamp now, RequestId request, Robot& robot, Result<signal::Offer> offer, Asked asked);
  void end_trickle(RequestId request);
  /// Returns how many of `more` candidates may be forwarded.
  std::size_t count_candidates(std::size_t& passed, std::size_t more);

  void handle_legacy(Timestamp now, SocketId socket, Robot& robot, std::string_view text);
  void handle_v1(Timestamp now, SocketId socket, Robot& robot, std::string_view text);
  void handle(Timestamp now, SocketId socket, Robot& robot, const signal::Hello& hello);
  void handle(Timestamp now, Robot& robot, signal::AnswerMessage answer);
  void handle(Robot& robot, const signal::RefusalMessage& refusal);
  void handle(SocketId socket, Robot& robot, signal::Status status);
  void check_grants(SocketId socket, const Robot& robot);
  void handle(Robot& robot, signal::Candidates candidates);
  void handle(Timestamp now, Robot& robot, signal::Snapshot snapshot);
  void send_next_in_line(Timestamp now, SocketId socket, Robot& robot);
  /// Removes the request from all lists; returns nothing if the offer has none.
  std::optional<RequestId> take(Robot& robot, signal::OfferId offer);
  void cancel(SocketId socket, Robot& robot, signal::OfferId offer);

  void respond_with_answer(RequestId request, const signal::Answer& answer);
  void refuse(RequestId request, signal::Refusal refusal, std::string_view message = {},
              std::optional<std::chrono::seconds> retry_after = {});
  /// Refuses all requests that wait for this robot, and removes it.
  void drop(SocketId socket, signal::Refusal refusal, std::string_view message);
  /// Calls `drop`, then closes the socket.
  void close(SocketId socket, int code, const std::string& reason, signal::Refusal refusal);
  /// The robot's name for log lines.
  static std::string shown(const signal::RobotName& name);
  /// Rate-limited per address and `kind`, because any WebSocket client can cause log lines.
  void log(LogLevel level, std::string_view kind, const Robot& robot, std::string message);

  Config config_;
  Robots robots_;
  std::map<signal::RobotName, SocketId> online_;
  std::map<signal::RobotName, std::vector<SocketId>> challengers_;
  std::unordered_map<std::string, std::size_t> online_of_address_;
  std::unordered_map<RequestId, Request> requests_;
  std::unordered_map<RequestId, Trickle> trickles_;
  Deadlines<RequestId> request_deadlines_;  ///< Until a browser's request times out.
  Deadlines<RequestId> trickle_deadlines_;  ///< Until candidates are no longer forwarded after the answer.
  Deadlines<SocketId> robot_deadlines_;     ///< Until a robot's hello or (legacy) its outstanding answer is due.
  std::deque<Action> actions_;
  std::uint64_t last_offer_ = 0;
  bool stopping_ = false;
  Timestamp now_{};  ///< Time of the last call; for the log only.
  LogRateLimiter log_limiter_{{.rate = {.per_second = 1, .burst = 100}, .max_keys = 1'024}};
  Stats stats_;
};

}  // namespace rtcbot::broker
