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

/// One robot's WebSocket. Never used twice in the life of a broker.
using SocketId = StrongId<struct SocketIdTag>;
/// One browser's offer, by `POST` or on a page's socket. Never used twice in the life of a broker.
using RequestId = StrongId<struct RequestIdTag>;

/// Puts this text frame on that socket.
struct SendText {
  SocketId socket{};
  std::string text{};
  friend bool operator==(const SendText&, const SendText&) = default;
};

/// Sends what is queued, then this close frame. The broker has forgotten the socket; nothing it says counts any more.
struct CloseSocket {
  SocketId socket{};
  int code = 1000;       ///< RFC 6455 section 7.4.1, or one of `signal::kClose…`.
  std::string reason{};  ///< At most 123 bytes.
  friend bool operator==(const CloseSocket&, const CloseSocket&) = default;
};

/// Answers that request. Exactly one for each `offer` that was not abandoned before.
struct Respond {
  RequestId request{};
  int status = 200;
  std::string body{};
  std::string content_type = "application/json; charset=utf-8";
  std::optional<std::chrono::seconds> retry_after{};  ///< The Retry-After field.
  friend bool operator==(const Respond&, const Respond&) = default;
};

/// A robot has come, has gone, or has said something new of itself. For lists and for those who watch them.
struct RobotChanged {
  SocketId socket{};
  signal::RobotName name{};
  bool is_online = false;
  signal::Protocol protocol = signal::Protocol::bare;
  std::optional<int> viewers{};  ///< As the robot says; bare robots do not.
  std::string camera{};          ///< As the robot says; untrusted.
  bool trickle = false;          ///< It takes candidates by themselves.
  bool is_replaced = false;      ///< Gone, as a newer socket of the same name is online at once.
  std::string address{};         ///< As in `Credential::address`.
  friend bool operator==(const RobotChanged&, const RobotChanged&) = default;
};

/// May this robot have that name among all servers? To be answered with `name_decided`; see
/// `Config::names_are_claimed`.
struct ClaimName {
  SocketId socket{};
  signal::RobotName name{};
  signal::Protocol protocol = signal::Protocol::bare;
  std::string owner{};  ///< As in `robot_connected`.
  friend bool operator==(const ClaimName&, const ClaimName&) = default;
};

/// The answer to `ClaimName`.
enum class NameDecision {
  granted,  ///< It is online from now on.
  taken,    ///< A robot with another credential has it: closed with `signal::kCloseNameTaken`.
  unknown,  ///< It could not be found out: closed with 1013, to try again.
};

/// The robot found further ways to be reached, for the offer of that request (only those with `trickle`).
struct RobotCandidates {
  RequestId request{};
  std::vector<signal::Candidate> candidates{};
  bool end = false;  ///< There will be no more.
  friend bool operator==(const RobotCandidates&, const RobotCandidates&) = default;
};

/// A robot sent a picture of what its camera sees.
struct RobotSnapshot {
  signal::RobotName name{};
  std::string jpeg{};
  friend bool operator==(const RobotSnapshot&, const RobotSnapshot&) = default;
};

using Action =
    std::variant<SendText, CloseSocket, Respond, RobotCandidates, RobotChanged, RobotSnapshot, ClaimName, LogRecord>;

/// What the broker needs to know of what a robot showed; nothing on an open server.
struct Credential {
  /// Stands for whoever it was given to: two sockets of the same text are the same robot's.
  std::string owner{};
  /// Whether it allows that name; empty: any.
  std::function<bool(const signal::RobotName&)> allows{};
  /// The address that its name is counted for (`Config::max_robots_per_address`); empty: for none, as the robot is
  /// known by a credential.
  std::string address{};
};

struct Config {
  std::chrono::milliseconds robot_timeout{10'000};  ///< A request is answered after this at the latest.
  std::size_t max_waiting_per_robot = 16;           ///< Requests that one robot has not answered; more are `busy`.
  std::size_t max_robots = 20'000;                  ///< Sockets; more are closed with 1013.
  std::size_t max_robots_per_address = 0;           ///< Names online that one address may have; 0: any number.
  std::chrono::seconds retry_after{2};              ///< What `busy` and `stopping` tell a browser to wait.
  std::chrono::milliseconds stopping_retry_after{2'000};  ///< What the first robot is told when the server stops.
  /// And each further one so much more, that they do not all come at once: a TLS handshake costs about 0.65 ms.
  std::chrono::milliseconds stopping_spacing{1};
  std::string server_version{};                  ///< Said in `Welcome`.
  std::vector<signal::IceServer> ice_servers{};  ///< Given to `rtcbot.v1` robots.
  /// Where credentials end after a while: made anew for each offer, in place of those above. Must not call back.
  std::function<std::vector<signal::IceServer>(SocketId, const signal::RobotName&)> ice_servers_of_offer{};
  std::size_t max_candidates_per_offer = 64;                  ///< Of either side; more are dropped.
  std::chrono::milliseconds candidates_after_answer{15'000};  ///< For so long they are passed on.
  std::chrono::milliseconds snapshot_interval{1'000};         ///< A robot's pictures that come sooner are dropped.
  /// Why that grant (`signal::Right`) is valid no more; nothing: it is. Must not call back.
  std::function<std::optional<std::string>(const std::string& grant)> why_ended{};
  /// Several servers share the names: a robot is online only when `ClaimName` was granted, within `robot_timeout`.
  bool names_are_claimed = false;
  /// Offers are only passed on here; who answers decides about `.local` candidates.
  signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
};

/// Counters since the begin.
struct Stats {
  std::array<std::int64_t, signal::kRefusalCount> refusals{};  ///< Indexed by `signal::Refusal`.
  std::int64_t robots_connected = 0;
  std::int64_t robots_replaced = 0;     ///< Closed because a newer one took the name.
  std::int64_t robots_closed = 0;       ///< Closed for what they sent, or did not send.
  std::int64_t robots_turned_away = 0;  ///< Over `max_robots` or `max_robots_per_address`, or while stopping.
  std::int64_t offers = 0;
  std::int64_t answers = 0;
  std::int64_t abandoned = 0;           ///< Requests whose browser left first.
  std::int64_t late_answers = 0;        ///< Answers for which nobody waits any more; dropped.
  std::int64_t unknown_messages = 0;    ///< Types of a later version; ignored.
  std::int64_t candidates = 0;          ///< Passed on, both ways.
  std::int64_t candidates_dropped = 0;  ///< Too many, too late, or of an offer that is not known.
  std::int64_t snapshots = 0;
  std::int64_t snapshots_dropped = 0;     ///< Too soon after the one before.
  std::int64_t rights_ended = 0;          ///< Times a robot was told to end the viewers of a grant.
  std::int64_t log_lines_suppressed = 0;  ///< About robots of one address, beyond its allowance; logged as a count.

  [[nodiscard]] std::int64_t refused(signal::Refusal refusal) const {
    return refusals.at(static_cast<std::size_t>(refusal));
  }
};

/// One robot, as the list of robots shows it.
struct RobotInfo {
  signal::RobotName name{};
  signal::Protocol protocol = signal::Protocol::bare;
  Timestamp online_since{};
  Duration online_for{};
  std::optional<int> viewers{};  ///< As the robot says; bare robots do not.
  std::string camera{};          ///< As the robot says; untrusted.
  std::string instance{};        ///< As the robot says; untrusted.
  std::string remote{};
  std::size_t waiting = 0;  ///< Requests that it has not answered yet.
};

/// The server's brain: introduces browsers to robots, and never gives an answer to the wrong one.
///
/// Pure: told the time and what came in; after each call, drain `poll_action` and ask `next_timeout`. Not thread-safe.
/// An id that is not known (any more) is ignored, so the shell need not order its events.
///
/// Bare robots (unmodified RTCBot) are matched by order alone, so one offer at a time is put to them; the others wait
/// in line. Their answer is owed for `robot_timeout` from when the offer was sent: a robot that does not answer by then
/// is closed, for every later answer would be shifted by one, and who still waits in line is told `robot_left`. Where
/// the browser gives up sooner, the answer is swallowed. `rtcbot.v1` robots are matched by id, many at a time, in any
/// order.
///
/// A second robot of a name replaces the first, because after a lost link the old socket is the stale one; unless it
/// has another credential: then the first keeps the name.
class Broker {
 public:
  explicit Broker(Config config) : config_(std::move(config)) {}

  /// A socket was accepted, under that name (from its path). A `rtcbot.v1` robot is online from its `hello` on; if the
  /// path has no name, it may name itself there. Closed with
  /// `signal::kCloseForbidden` where its credential does not allow the name.
  void robot_connected(Timestamp now, SocketId socket, signal::RobotName name, signal::Protocol protocol,
                       std::string remote, Credential credential = {});
  void robot_message(Timestamp now, SocketId socket, std::string_view text, bool is_binary);
  void robot_disconnected(Timestamp now, SocketId socket);
  /// The answer to `ClaimName`; ignored if the robot has gone since.
  void name_decided(Timestamp now, SocketId socket, NameDecision decision);
  /// The name of this robot, online or waiting for it, belongs to another server's now. `to_same_owner`: the robot has
  /// dialled in there; otherwise somebody else's has the name.
  void name_lost(Timestamp now, SocketId socket, bool to_same_owner);

  /// A browser's `POST`, body as it came. The nameless robot's refusal is `no_robot`, a named one's `robot_offline`.
  /// `right`: the robot is told. One that cannot be told whom not to hear refuses those who may only watch as
  /// `forbidden`.
  void offer(Timestamp now, RequestId request, const signal::RobotName& name, std::string_view body,
             signal::Right right = {});
  /// The same from a page's socket: `sdp` as it came, and whether its candidates follow. A robot that takes no
  /// candidates refuses such an offer as `robot_left`: the page looks who is there now, and makes a complete one.
  void page_offer(Timestamp now, RequestId request, const signal::RobotName& name, std::string_view sdp, bool trickle,
                  signal::Right right = {});
  /// Candidates of that page, for an offer with `trickle`; until a while after the answer.
  void page_candidates(RequestId request, std::vector<signal::Candidate> candidates, bool end);
  /// `Config::why_ended` may have changed its mind: viewers whose grant has ended are to be ended by their robots.
  void check_grants();
  /// The browser hung up, or left; there will be no `Respond`, unless one was given already. While candidates are
  /// passed on, a robot that knows `kFeatureCancelAnswered` hears of it after its answer too.
  void request_abandoned(Timestamp now, RequestId request);

  /// The server ends: everybody who waits is told, robots are sent elsewhere. Afterwards everything is refused.
  void stop(Timestamp now);

  /// To be called at `next_timeout` or later; harmless before.
  void handle_timeout(Timestamp now);
  /// When `handle_timeout` has something to do; `kNever` if nothing waits.
  [[nodiscard]] Timestamp next_timeout() const;

  /// What to do next, in order; nothing when all is done.
  [[nodiscard]] std::optional<Action> poll_action();

  [[nodiscard]] const Stats& stats() const { return stats_; }
  /// Who is online, by name.
  [[nodiscard]] std::vector<RobotInfo> robots(Timestamp now) const;
  [[nodiscard]] bool is_online(const signal::RobotName& name) const { return online_.contains(name); }
  /// Whether a robot of another owner is online under that name.
  [[nodiscard]] bool is_taken(const signal::RobotName& name, std::string_view owner) const;
  /// Requests without an answer yet.
  [[nodiscard]] std::size_t waiting() const { return requests_.size(); }

 private:
  struct Robot {
    signal::RobotName name;
    signal::Protocol protocol = signal::Protocol::bare;
    std::string remote;
    Credential credential;
    Timestamp connected_at{};
    bool is_online = false;    ///< False for a `rtcbot.v1` robot that has not said hello.
    bool is_claiming = false;  ///< It waits for `name_decided`.
    std::string instance;
    std::optional<int> viewers;
    std::string camera;
    bool trickle = false;
    bool cancels_answered = false;
    std::vector<std::string> grants;  ///< Of its viewers, as it last said.
    bool is_replaced = false;
    Timestamp next_snapshot{};
    /// Offers with `trickle`, answered or not, until nobody waits for candidates any more.
    std::map<signal::OfferId, RequestId> trickling;
    /// Unanswered requests by offer. v1: all have been sent. Bare: the smallest may have been.
    std::map<signal::OfferId, RequestId> waiting;
    /// Bare only: the offer that the robot has to answer next. Not in `waiting` if its browser has gone.
    std::optional<signal::OfferId> outstanding;
  };
  struct Request {
    SocketId socket;
    signal::OfferId offer;
    signal::Offer unsent;  ///< Bare only, while it stands in line.
  };
  /// The way of candidates, beside that of the answer, and past it.
  struct Trickle {
    SocketId socket;
    signal::OfferId offer;
    std::size_t from_page = 0;
    std::size_t from_robot = 0;
  };
  using Robots = std::unordered_map<SocketId, Robot>;

  /// Its name is known: online now, or when the name is granted.
  void take_name(Timestamp now, SocketId socket, Robot& robot);
  void name_granted(SocketId socket, Robot& robot);
  /// Whether its address has as many other names online as it may.
  [[nodiscard]] bool has_too_many(const Robot& robot) const;
  void refuse_address(SocketId socket, const Robot& robot);
  void go_online(SocketId socket, Robot& robot);
  void tell_change(SocketId socket, const Robot& robot);
  void refuse_name(SocketId socket, const Robot& robot);
  /// The robot that shall be asked; nothing if the request has been refused.
  [[nodiscard]] Robot* robot_for(RequestId request, const signal::RobotName& name);
  struct Asked {
    bool trickle = false;
    signal::Right right{};
  };
  void ask(Timestamp now, RequestId request, Robot& robot, Result<signal::Offer> offer, Asked asked);
  void end_trickle(RequestId request);
  /// How many of so many more are passed on.
  std::size_t count_candidates(std::size_t& passed, std::size_t more);

  void handle_bare(Timestamp now, SocketId socket, Robot& robot, std::string_view text);
  void handle_v1(Timestamp now, SocketId socket, Robot& robot, std::string_view text);
  void handle(Timestamp now, SocketId socket, Robot& robot, const signal::Hello& hello);
  void handle(Timestamp now, Robot& robot, signal::AnswerMessage answer);
  void handle(Robot& robot, const signal::RefusalMessage& refusal);
  void handle(SocketId socket, Robot& robot, signal::Status status);
  void check_grants(SocketId socket, const Robot& robot);
  void handle(Robot& robot, signal::Candidates candidates);
  void handle(Timestamp now, Robot& robot, signal::Snapshot snapshot);
  void send_next_in_line(Timestamp now, SocketId socket, Robot& robot);
  /// Takes the request out of every list; nothing if the offer is not waited for.
  std::optional<RequestId> take(Robot& robot, signal::OfferId offer);
  void cancel(SocketId socket, Robot& robot, signal::OfferId offer);

  void respond_with_answer(RequestId request, const signal::Answer& answer);
  void refuse(RequestId request, signal::Refusal refusal, std::string_view message = {},
              std::optional<std::chrono::seconds> retry_after = {});
  /// Tells everybody who waits for this robot, and forgets it.
  void drop(SocketId socket, signal::Refusal refusal, std::string_view message);
  /// `drop`, and closes the socket.
  void close(SocketId socket, int code, const std::string& reason, signal::Refusal refusal);
  /// How a log speaks of it.
  static std::string shown(const signal::RobotName& name);
  /// Whoever can open a websocket can cause lines: each address has an allowance for each `kind`, then a count.
  void log(LogLevel level, std::string_view kind, const Robot& robot, std::string message);

  Config config_;
  Robots robots_;
  std::map<signal::RobotName, SocketId> online_;
  std::unordered_map<std::string, std::size_t> online_of_address_;
  std::unordered_map<RequestId, Request> requests_;
  std::unordered_map<RequestId, Trickle> trickles_;
  Deadlines<RequestId> request_deadlines_;  ///< A browser's patience.
  Deadlines<RequestId> trickle_deadlines_;  ///< Of candidates, after the answer.
  Deadlines<SocketId> robot_deadlines_;     ///< What a robot owes: its hello, or (bare) the outstanding answer.
  std::deque<Action> actions_;
  std::uint64_t last_offer_ = 0;
  bool stopping_ = false;
  Timestamp now_{};  ///< Of the last call; for the log alone.
  LogRateLimiter log_limiter_{{.rate = {.per_second = 1, .burst = 100}, .max_keys = 1'024}};
  Stats stats_;
};

}  // namespace rtcbot::broker
