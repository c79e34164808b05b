#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rtcbot/base/backoff.hpp"
#include "rtcbot/base/error.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_rate_limiter.hpp"
#include "rtcbot/base/strong_id.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/limits.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::session {

/// One viewer, from its offer to the end of its connection. Never reused.
using ViewerId = StrongId<struct ViewerIdTag>;

/// Dial the server. `dialed` or `dial_failed` follows, unless `CloseSocket` comes first and ends the attempt.
struct Dial {
  friend bool operator==(const Dial&, const Dial&) = default;
};

/// Send this text frame on the socket.
struct SendText {
  std::string text{};
  friend bool operator==(const SendText&, const SendText&) = default;
};

/// Send the queued frames, then this close frame. The session no longer uses the socket: report nothing more about it,
/// not even `disconnected`.
struct CloseSocket {
  int code = 1000;
  std::string reason{};
  friend bool operator==(const CloseSocket&, const CloseSocket&) = default;
};

/// Create a peer connection for this offer; `answer_ready` or `answer_failed` follows, unless `DropViewer` comes first.
struct MakeViewer {
  ViewerId viewer{};
  signal::Description offer{};                   ///< Checked.
  std::vector<signal::IceServer> ice_servers{};  ///< From the server; may be empty.
  bool trickle = false;     ///< Answer without waiting for candidates; they follow in both directions.
  bool watch_only = false;  ///< Ignore this viewer's messages.
  std::string party{};      ///< Identifies the sender of the offer over repeated offers; empty: unknown.
  friend bool operator==(const MakeViewer&, const MakeViewer&) = default;
};

/// Add the browser's trickled candidates.
struct AddCandidates {
  ViewerId viewer{};
  std::vector<signal::Candidate> candidates{};  ///< Have passed `check_candidate`.
  friend bool operator==(const AddCandidates&, const AddCandidates&) = default;
};

/// Close the peer connection. The session has removed the viewer: report nothing more about it.
struct DropViewer {
  ViewerId viewer{};
  std::string reason{};                               ///< A sentence; for a person if there is `why`.
  std::optional<signal::Refusal> why{};               ///< Sent to the viewer with `reason`, if it is connected.
  std::optional<std::chrono::seconds> retry_after{};  ///< Likewise.
  friend bool operator==(const DropViewer&, const DropViewer&) = default;
};

using Action = std::variant<Dial, SendText, CloseSocket, MakeViewer, AddCandidates, DropViewer, LogRecord>;

/// The state of the connection to the server. Viewers do not depend on it: their video does not pass through the
/// server.
enum class State {
  waiting,  ///< Not connected; dials at `next_timeout`. Before `start`: never.
  dialing,
  online,
  stopped,  ///< After `stop`; final.
};

[[nodiscard]] std::string_view name_of(State state);

struct Config {
  signal::RobotName name{};
  std::string instance{};  ///< Random, one per start of the program.
  Backoff::Config backoff{};
  std::chrono::milliseconds dial_limit{20'000};    ///< An attempt without a result fails after this time.
  std::chrono::milliseconds proven_after{10'000};  ///< After this time online, the back-off starts again.
  /// Wait after another robot took the name, or after the server refused the name or the credential. A random time up
  /// to the same length is added.
  std::chrono::milliseconds replaced_wait{30'000};
  std::chrono::milliseconds answer_limit{8'000};  ///< An offer without an answer is refused after this time.
  int max_viewers = 8;                            ///< 1 to 1000; more are `busy`.
  /// Grace period in which a connecting driver cannot be evicted by another driver.
  std::chrono::milliseconds seat_grace{1'500};
  std::chrono::seconds busy_retry_after{5};          ///< Retry time sent with `busy`.
  std::chrono::milliseconds status_interval{1'000};  ///< Minimum interval of `status` messages.
  std::size_t max_candidates = 64;                   ///< Per offer and side; more are dropped.
  bool sends_snapshots = false;                      ///< Announced in `hello`.
  /// Returns how long to refuse offers of that party (`MakeViewer::party`) because its connections repeatedly crashed
  /// the WebRTC engine; zero: accept them. Must not call back.
  std::function<Duration(const std::string& party)> pause_of{};
  signal::Limits limits{};
};

/// Counters since construction.
struct Stats {
  std::int64_t dials = 0;
  std::int64_t dial_failures = 0;
  std::int64_t connections = 0;
  std::int64_t disconnections = 0;
  std::int64_t path_changes = 0;  ///< Network changes that made it dial again.
  std::int64_t replaced = 0;      ///< Times that another robot took this robot's name.
  std::int64_t turned_away = 0;   ///< Times that the server refused the name or the credential.
  std::int64_t offers = 0;
  std::int64_t offers_repeated = 0;  ///< Offers with the same text as a present viewer's; answered again, or refused.
  std::int64_t answers = 0;
  std::int64_t refused_busy = 0;
  std::int64_t seats_given = 0;  ///< Viewers ended to make room for a driver.
  std::int64_t refused_bad_offer = 0;
  std::int64_t without_format = 0;  ///< Answers to viewers that support none of the robot's video formats.
  std::int64_t answers_failed = 0;  ///< The peer connection could not answer.
  std::int64_t answers_timed_out = 0;
  std::int64_t refused_paused = 0;     ///< From parties whose connections repeatedly crashed the WebRTC engine.
  std::int64_t cancelled = 0;          ///< The browser disconnected first.
  std::int64_t permissions_ended = 0;  ///< Viewers ended because their credential expired or was revoked.
  std::int64_t late_answers = 0;       ///< For viewers that had been dropped; ignored.
  std::int64_t bad_messages = 0;       ///< Invalid messages from the server; ignored.
  std::int64_t unknown_messages = 0;   ///< Of types that a later version added; ignored.
  std::int64_t candidates_taken = 0;   ///< From browsers.
  std::int64_t candidates_sent = 0;
  std::int64_t candidates_dropped = 0;  ///< Too many, too late, or for an unknown offer.
  std::int64_t snapshots = 0;
  std::int64_t log_lines_suppressed = 0;  ///< Logged as a count.
};

/// The robot's core logic: keeps dialling the server, answers each offer exactly once, and keeps viewers over lost
/// servers.
///
/// Pure: time and input are passed in; after each call, drain `poll_action` and read `next_timeout`. Not thread-safe.
/// Ignores inputs that do not fit the state (a late answer, a message after a close).
///
/// If all seats are taken, an offer with the right to drive takes the seat of a viewer that is not connected yet
/// or that only watches (`seat_for_driver`). So neither stalled connections nor spectators keep a driver out.
///
/// A repeated offer (a proxy's retry, a double click) belongs to one peer, which can use it for one connection only.
/// While that viewer is not connected, the repeat gets the same answer. After that it is refused, because anyone who
/// has seen an offer can repeat it; the repeat must not end the viewer's connection or obtain its answer.
///
/// On a legacy (RTCBot) server, answers leave in the order of the offers. An early answer is held back, and a failed
/// one is replaced by `{"error", "message"}`, so that no later answer reaches the wrong browser. The session sends
/// nothing unrequested to such a server.
class Session {
 public:
  /// `seed` determines the jitter; it must differ between robots.
  Session(Config config, std::uint64_t seed);

  void start(Timestamp now);
  /// Drops all viewers and closes the socket. Final.
  void stop(Timestamp now);

  void dialed(Timestamp now, signal::Protocol protocol);
  void dial_failed(Timestamp now, const Error& error);
  /// As `dial_failed`, for a server that answered with a refusal. If it refused the credential or the name, the next
  /// attempt comes much later, because this rarely changes within seconds. The session never gives up.
  void dial_refused(Timestamp now, signal::Refusal refusal, const Error& error);
  void message(Timestamp now, std::string_view text);
  void disconnected(Timestamp now, int code, std::string_view reason);

  /// The machine's network changed: its address or route changed, or the network came back. Closes the socket, because
  /// the loss of its address would show only as silence, and dials the server immediately, without the rest of a
  /// back-off. Keeps a wait that the server requested.
  void path_changed(Timestamp now);

  void answer_ready(Timestamp now, ViewerId viewer, std::string sdp);
  void answer_failed(Timestamp now, ViewerId viewer, const Error& error);
  /// Sends candidates of a viewer with `trickle` to its browser; `end`: no more follow.
  void candidates_found(ViewerId viewer, std::vector<signal::Candidate> candidates, bool end);
  /// The viewer is connected: its seat is no longer available to another driver, unless it only watches.
  void viewer_connected(ViewerId viewer);
  /// The viewer's connection ended, from either side or by failure.
  void viewer_ended(Timestamp now, ViewerId viewer);
  /// Sets the camera text of `status`: one or two words.
  void camera_state(Timestamp now, std::string text);
  /// Sends a picture for the list of robots if the server accepts pictures. At most `signal::Snapshot::kMaxBytes`.
  void snapshot(std::string jpeg);

  /// Call it at `next_timeout` or later; harmless before.
  void handle_timeout(Timestamp now);
  /// When `handle_timeout` is due; `kNever` if there is no deadline.
  [[nodiscard]] Timestamp next_timeout() const;

  /// Returns the next action, in order; nothing when the queue is empty.
  [[nodiscard]] std::optional<Action> poll_action();

  [[nodiscard]] State state() const { return state_; }
  /// The protocol in use with the server; valid while online.
  [[nodiscard]] signal::Protocol protocol() const { return protocol_; }
  /// True if `snapshot` would be sent now.
  [[nodiscard]] bool wants_snapshots() const {
    return state_ == State::online && protocol_ == signal::Protocol::v1 && server_takes_snapshots_;
  }
  /// Number of connecting and connected viewers.
  [[nodiscard]] int viewers() const { return static_cast<int>(viewers_.size()); }
  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct Viewer {
    /// v1: the server's ids of the offer, until the server is lost. Legacy: this robot's own reply numbers. More than
    /// one if the offer was repeated.
    std::vector<signal::OfferId> offers;
    std::string sdp{};                      ///< SDP of the offer.
    std::string answer{};                   ///< Empty until answered, and after the connection is established.
    std::vector<signal::Candidate> told{};  ///< `trickle`: candidates sent after the answer; empty once connected.
    bool told_end = false;                  ///< The end of candidates was sent too.
    Timestamp answer_by = kNever;           ///< `kNever` once answered.
    bool trickle = false;
    bool watch_only = false;
    std::string grant{};         ///< The viewer's grant; kept when the server is lost.
    Timestamp ends_at = kNever;  ///< When the grant expires.
    Timestamp since{};
    bool is_connected = false;
    std::size_t candidates_taken = 0;
    std::size_t candidates_sent = 0;
    [[nodiscard]] bool is_being_answered() const { return answer_by != kNever; }
    [[nodiscard]] bool is_from(signal::OfferId offer) const {
      return std::find(offers.begin(), offers.end(), offer) != offers.end();
    }
  };
  using Viewers = std::map<ViewerId, Viewer>;

  enum class Wait {
    ours,
    asked
  };  ///< `asked`: the server or another robot caused the wait; a network change does not
      ///< shorten it.
  void dial_after(Timestamp now, Duration delay, Wait wait = Wait::ours);
  void wait_long(Timestamp now, const std::string& why);
  /// The robot's name for log lines, also for the robot without one.
  [[nodiscard]] std::string place() const;
  /// What to do if another robot has this place.
  [[nodiscard]] std::string other_name() const;
  void go_online(Timestamp now, signal::Protocol protocol);
  void lose_server();
  void handle_v1(Timestamp now, std::string_view text);
  void handle_legacy(Timestamp now, std::string_view text);
  void handle(Timestamp now, signal::OfferMessage message);
  void handle(const signal::Cancel& cancel);
  void handle(Timestamp now, const signal::EndViewers& end);
  void handle(signal::Candidates candidates);
  void handle(signal::Welcome welcome);
  struct Wanted {
    std::vector<signal::IceServer> ice_servers{};
    bool trickle = false;
    signal::Permissions permissions{};
  };
  void take_offer(Timestamp now, signal::OfferId offer, Result<signal::Description> parsed, Wanted wanted);
  // repeats.cpp
  [[nodiscard]] Viewers::iterator viewer_of(const std::string& sdp);
  /// Handles a repeat of `viewer`'s offer: answers it again, or refuses it.
  void repeat_offer(signal::OfferId offer, Viewer& viewer, const Wanted& wanted);
  /// Sends the previous answer and the candidates that followed it.
  void answer_again(signal::OfferId offer, const Viewer& viewer);
  /// Counts and logs an answer that rejects the video because the browser supports none of its formats.
  void note_formats(Timestamp now, std::string_view answer);
  void reply_to_all(const Viewer& viewer, const signal::Description& answer);
  void reply_to_all(const Viewer& viewer, signal::Refusal refusal, const std::string& message);

  /// Returns the viewer that must leave for a driver's offer; `viewers_.end()` if all may stay.
  [[nodiscard]] Viewers::iterator seat_for_driver(Timestamp now);
  /// Ends that viewer because its credential is no longer valid; returns the next one.
  Viewers::iterator end_right(Timestamp now, Viewers::iterator viewer, const std::string& why);
  [[nodiscard]] std::vector<std::string> grants() const;
  /// Ends that viewer, and notifies it that a driver took its seat.
  void give_seat(Timestamp now, Viewers::iterator viewer);
  void refuse_viewer(Timestamp now, Viewers::iterator viewer, const std::string& message);

  void reply(signal::OfferId offer, const signal::Description& answer);
  void reply(signal::OfferId offer, signal::Refusal refusal, std::string message,
             std::optional<std::chrono::seconds> retry_after = {});
  /// Refuses the offer if its party is paused.  @return true if refused
  [[nodiscard]] bool refuse_paused(signal::OfferId offer, const std::string& party);
  /// Legacy: stores the reply at its place in the queue, and sends the complete replies from the front.
  void put_in_line(signal::OfferId offer, std::string text);
  void send(std::string text) { actions_.push_back(SendText{std::move(text)}); }
  void status_changed(Timestamp now);
  void log(LogLevel level, std::string message);
  /// For events that viewers or senders of offers can cause: logs a few lines of each `kind`, then a count.
  void log_limited(Timestamp now, std::string_view kind, LogLevel level, std::string message);
  void log_counts(Timestamp now);

  Config config_;
  Backoff backoff_;
  State state_ = State::waiting;
  signal::Protocol protocol_ = signal::Protocol::legacy;
  Timestamp dial_at_ = kNever;  ///< While waiting.
  Wait wait_ = Wait::ours;      ///< While waiting.
  Timestamp dial_by_ = kNever;  ///< While dialing.
  Timestamp online_since_{};
  std::optional<Duration> told_to_wait_;  ///< From the server's `stopping`.
  Viewers viewers_;
  std::uint64_t last_viewer_ = 0;
  std::map<signal::OfferId, std::optional<std::string>> line_;  ///< Legacy: pending replies, oldest first; empty: not
                                                                ///< ready.
  std::uint64_t last_in_line_ = 0;
  std::vector<signal::IceServer> ice_servers_;
  bool server_takes_snapshots_ = false;
  std::string camera_;
  std::optional<signal::Status> last_status_;
  Timestamp status_at_ = kNever;  ///< When the next one is due.
  Timestamp next_status_allowed_{};
  std::deque<Action> actions_;
  Stats stats_;
  LogRateLimiter log_limiter_;
};

}  // namespace rtcbot::session
