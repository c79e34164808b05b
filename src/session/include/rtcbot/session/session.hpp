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

#include "rtcbot/base/error.hpp"
#include "rtcbot/base/log.hpp"
#include "rtcbot/base/log_rate_limiter.hpp"
#include "rtcbot/base/strong_id.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/session/backoff.hpp"
#include "rtcbot/signal/description.hpp"
#include "rtcbot/signal/limits.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/refusal.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::session {

/// One browser that watches, from its offer to the end of its connection. Never used twice.
using ViewerId = StrongId<struct ViewerIdTag>;

/// Dial the server. `dialed` or `dial_failed` follows, unless `CloseSocket` comes first, which ends the attempt.
struct Dial {
  friend bool operator==(const Dial&, const Dial&) = default;
};

/// Put this text frame on the socket.
struct SendText {
  std::string text{};
  friend bool operator==(const SendText&, const SendText&) = default;
};

/// Send what is queued, then this close frame. The session has let the socket go: report nothing more of it, not even
/// `disconnected`.
struct CloseSocket {
  int code = 1000;
  std::string reason{};
  friend bool operator==(const CloseSocket&, const CloseSocket&) = default;
};

/// Make a peer connection for this offer; `answer_ready` or `answer_failed` follows, unless `DropViewer` comes first.
struct MakeViewer {
  ViewerId viewer{};
  signal::Offer offer{};                         ///< Has passed the gate.
  std::vector<signal::IceServer> ice_servers{};  ///< From the server; may be empty.
  bool trickle = false;     ///< Answer without waiting for candidates; they go both ways afterwards.
  bool watch_only = false;  ///< What it says is not to be heard.
  std::string party{};      ///< Who sent the offer: the same text when they come again; empty: not known.
  friend bool operator==(const MakeViewer&, const MakeViewer&) = default;
};

/// The browser found further ways to be reached.
struct AddCandidates {
  ViewerId viewer{};
  std::vector<signal::Candidate> candidates{};  ///< Have passed the gate.
  friend bool operator==(const AddCandidates&, const AddCandidates&) = default;
};

/// Close the peer connection. The session has forgotten the viewer; report nothing more of it.
struct DropViewer {
  ViewerId viewer{};
  std::string reason{};                  ///< For the log.
  std::optional<signal::Refusal> why{};  ///< For the viewer, where it can be told.
  friend bool operator==(const DropViewer&, const DropViewer&) = default;
};

using Action = std::variant<Dial, SendText, CloseSocket, MakeViewer, AddCandidates, DropViewer, LogRecord>;

/// Where the robot is on its way to the server. Viewers do not depend on it: their video flows past the server.
enum class State {
  waiting,  ///< Not connected; `next_timeout` says when it dials. Before `start`: never.
  dialing,
  online,
  stopped,  ///< By `stop`; final.
};

[[nodiscard]] std::string_view name_of(State state);

struct Config {
  signal::RobotName name{};
  std::string instance{};  ///< Random, one per start of the program.
  Backoff::Config backoff{};
  std::chrono::milliseconds dial_limit{20'000};    ///< An attempt without a result by then has failed.
  std::chrono::milliseconds proven_after{10'000};  ///< Online for this long, the back-off begins anew.
  /// After another robot took the name, or the server refused the name or the credential: this, and up to as much
  /// again.
  std::chrono::milliseconds replaced_wait{30'000};
  std::chrono::milliseconds answer_limit{8'000};  ///< An offer is refused when its answer is not made by then.
  int max_viewers = 8;                            ///< 1 to 1000; more are `busy`.
  /// For so long an offer of a driver keeps its seat against another driver's while its connection comes about.
  std::chrono::milliseconds seat_grace{1'500};
  std::chrono::seconds busy_retry_after{5};          ///< What they are told to wait.
  std::chrono::milliseconds status_interval{1'000};  ///< At most one `status` in this time.
  std::size_t max_candidates = 64;                   ///< Of one offer, of either side; more are dropped.
  bool sends_snapshots = false;                      ///< Said in `hello`.
  /// For how long from now offers of that party (`MakeViewer::party`) are refused, as its connections ended the WebRTC
  /// engine again and again; zero: they are not. Must not call back.
  std::function<Duration(const std::string& party)> pause_of{};
  signal::Limits limits{};
};

/// Counters since the begin.
struct Stats {
  std::int64_t dials = 0;
  std::int64_t dial_failures = 0;
  std::int64_t connections = 0;
  std::int64_t disconnections = 0;
  std::int64_t path_changes = 0;  ///< That made it dial.
  std::int64_t replaced = 0;      ///< Times another robot took our name.
  std::int64_t turned_away = 0;   ///< Times the server refused our name or our credential.
  std::int64_t offers = 0;
  std::int64_t offers_repeated = 0;  ///< Of these, the same text as that of a viewer; answered once more, or refused.
  std::int64_t answers = 0;
  std::int64_t refused_busy = 0;
  std::int64_t seats_given = 0;  ///< To drivers: viewers that were ended for them.
  std::int64_t refused_bad_offer = 0;
  std::int64_t without_format = 0;  ///< Answers to viewers that take none of the robot's video formats.
  std::int64_t answers_failed = 0;  ///< The peer connection could not answer.
  std::int64_t answers_timed_out = 0;
  std::int64_t refused_paused = 0;    ///< Of viewers whose connections ended the WebRTC engine again and again.
  std::int64_t cancelled = 0;         ///< The browser hung up first.
  std::int64_t rights_ended = 0;      ///< Viewers who were ended as their credential was valid no more.
  std::int64_t late_answers = 0;      ///< Made for a viewer that had been dropped; ignored.
  std::int64_t bad_messages = 0;      ///< From the server, not understood; ignored.
  std::int64_t unknown_messages = 0;  ///< Types of a later version; ignored.
  std::int64_t candidates_taken = 0;  ///< Of browsers.
  std::int64_t candidates_sent = 0;
  std::int64_t candidates_dropped = 0;  ///< Too many, too late, or of an offer that is not known.
  std::int64_t snapshots = 0;
  std::int64_t log_lines_suppressed = 0;  ///< Written as a count.
};

/// The robot's brain: dials for ever, answers each offer exactly once, and lets viewers live through it all.
///
/// Pure: told the time and what came in; after each call, drain `poll_action` and ask `next_timeout`. Not thread-safe.
/// Inputs that do not fit the state (a late answer, a message after a close) are ignored.
///
/// Where all seats are taken, an offer of somebody who may drive takes the seat of one who is not connected yet, or who
/// only watches (`seat_for_driver`): neither offers that lead nowhere nor spectators keep a driver out.
///
/// An offer that comes twice (a proxy's retry, a double click) stands for one peer, which can have one connection by
/// it: while that viewer is not connected yet, the repeat is given the same answer. Afterwards it is refused, for
/// whoever has seen an offer may send it again, and must neither end the viewer's connection nor learn its answer.
///
/// On a bare (RTCBot) server answers leave in the order of the offers; one that is ready early is held back, and one
/// that cannot be made is replaced by `{"error", "message"}`, so that no later answer reaches the wrong browser.
/// Nothing is ever sent there unasked.
class Session {
 public:
  /// `seed` drives the jitter; two robots must not share it.
  Session(Config config, std::uint64_t seed);

  void start(Timestamp now);
  /// Ends everything: drops all viewers and closes the socket. Final.
  void stop(Timestamp now);

  void dialed(Timestamp now, signal::Protocol protocol);
  void dial_failed(Timestamp now, const Error& error);
  /// As `dial_failed`, where the server answered and said no. That a credential or a name is refused will hardly change
  /// within seconds, so the next try is much later; there is always one.
  void dial_refused(Timestamp now, signal::Refusal refusal, const Error& error);
  void message(Timestamp now, std::string_view text);
  void disconnected(Timestamp now, int code, std::string_view reason);

  /// The machine's way to the network is another one: its address or route changed, or came back. A socket of before is
  /// not to be trusted (one whose address is gone would be noticed by its silence only), so it is let go and the server
  /// is dialled at once, without the rest of a back-off. A wait that the server asked for is kept.
  void path_changed(Timestamp now);

  void answer_ready(Timestamp now, ViewerId viewer, std::string sdp);
  void answer_failed(Timestamp now, ViewerId viewer, const Error& error);
  /// The connection of a viewer with `trickle` found further ways to be reached; `end`: there will be no more.
  void candidates_found(ViewerId viewer, std::vector<signal::Candidate> candidates, bool end);
  /// The viewer's connection is there: its seat is not given to another driver any more.
  void viewer_connected(ViewerId viewer);
  /// The viewer's connection ended, by itself or by the other side.
  void viewer_ended(Timestamp now, ViewerId viewer);
  /// What `status` says of the camera: a word or two.
  void camera_state(Timestamp now, std::string text);
  /// A picture for the list of robots; sent if the server takes such. At most `signal::Snapshot::kMaxBytes`.
  void snapshot(std::string jpeg);

  /// To be called at `next_timeout` or later; harmless before.
  void handle_timeout(Timestamp now);
  /// When `handle_timeout` has something to do; `kNever` if nothing waits.
  [[nodiscard]] Timestamp next_timeout() const;

  /// What to do next, in order; nothing when all is done.
  [[nodiscard]] std::optional<Action> poll_action();

  [[nodiscard]] State state() const { return state_; }
  /// What is spoken with the server; meaningful while online.
  [[nodiscard]] signal::Protocol protocol() const { return protocol_; }
  /// Whether `snapshot` would be sent now.
  [[nodiscard]] bool wants_snapshots() const {
    return state_ == State::online && protocol_ == signal::Protocol::v1 && server_takes_snapshots_;
  }
  /// Those being answered and those connected.
  [[nodiscard]] int viewers() const { return static_cast<int>(viewers_.size()); }
  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct Viewer {
    /// v1: the server's name for the offer, until the server is lost. Bare: our own number of the reply. Several where
    /// the same offer came again.
    std::vector<signal::OfferId> offers;
    std::string sdp{};                      ///< Of the offer.
    std::string answer{};                   ///< Empty until answered, and once connected.
    std::vector<signal::Candidate> told{};  ///< `trickle`: sent after the answer; empty once connected.
    bool told_end = false;                  ///< And that there are no more.
    Timestamp answer_by = kNever;           ///< `kNever` once answered.
    bool trickle = false;
    bool watch_only = false;
    std::string grant{};         ///< On which it is there; outlives the server's socket.
    Timestamp ends_at = kNever;  ///< When that ends by itself.
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

  enum class Wait { ours, asked };  ///< `asked`: the server or another robot made us wait; a new path changes nothing.
  void dial_after(Timestamp now, Duration delay, Wait wait = Wait::ours);
  void wait_long(Timestamp now, const std::string& why);
  void go_online(Timestamp now, signal::Protocol protocol);
  void lose_server();
  void handle_v1(Timestamp now, std::string_view text);
  void handle_bare(Timestamp now, std::string_view text);
  void handle(Timestamp now, const signal::OfferMessage& message);
  void handle(const signal::Cancel& cancel);
  void handle(Timestamp now, const signal::EndViewers& end);
  void handle(signal::Candidates candidates);
  void handle(signal::Welcome welcome);
  struct Wanted {
    std::vector<signal::IceServer> ice_servers{};
    bool trickle = false;
    signal::Right right{};
  };
  void take_offer(Timestamp now, signal::OfferId offer, Result<signal::Offer> parsed, Wanted wanted);
  // repeats.cpp
  [[nodiscard]] Viewers::iterator viewer_of(const std::string& sdp);
  /// Treats an offer that `viewer` came with: answers it once more, or refuses it.
  void repeat_offer(signal::OfferId offer, Viewer& viewer, const Wanted& wanted);
  /// The answer as it was given before, with the candidates that followed it.
  void answer_again(signal::OfferId offer, const Viewer& viewer);
  /// Counts and logs an answer that refuses the video, as the browser plays none of its formats.
  void note_formats(Timestamp now, std::string_view answer);
  void reply_to_all(const Viewer& viewer, const signal::Answer& answer);
  void reply_to_all(const Viewer& viewer, signal::Refusal refusal, const std::string& message);

  /// Who has to go for an offer of a driver; `viewers_.end()` if all may stay.
  [[nodiscard]] Viewers::iterator seat_for_driver(Timestamp now);
  /// Ends that viewer, whose right has ended; gives the next one.
  Viewers::iterator end_right(Timestamp now, Viewers::iterator viewer, const std::string& why);
  [[nodiscard]] std::vector<std::string> grants() const;
  /// Ends that viewer, and tells it that a driver has come.
  void give_seat(Timestamp now, Viewers::iterator viewer);
  void refuse_viewer(Timestamp now, Viewers::iterator viewer, const std::string& message);

  void reply(signal::OfferId offer, const signal::Answer& answer);
  void reply(signal::OfferId offer, signal::Refusal refusal, std::string message,
             std::optional<std::chrono::seconds> retry_after = {});
  /// Refuses it where its party is paused. @returns whether it did
  [[nodiscard]] bool refuse_paused(signal::OfferId offer, const std::string& party);
  /// Bare: fills the offer's place in line, and sends what is complete from the front on.
  void put_in_line(signal::OfferId offer, std::string text);
  void send(std::string text) { actions_.push_back(SendText{std::move(text)}); }
  void status_changed(Timestamp now);
  void log(LogLevel level, std::string message);
  /// For what viewers, and whoever sends offers, can cause: a few lines of each `kind`, then their count.
  void log_limited(Timestamp now, std::string_view kind, LogLevel level, std::string message);
  void log_counts(Timestamp now);

  Config config_;
  Backoff backoff_;
  State state_ = State::waiting;
  signal::Protocol protocol_ = signal::Protocol::bare;
  Timestamp dial_at_ = kNever;  ///< While waiting.
  Wait wait_ = Wait::ours;      ///< While waiting.
  Timestamp dial_by_ = kNever;  ///< While dialing.
  Timestamp online_since_{};
  std::optional<Duration> told_to_wait_;  ///< By the server's `stopping`.
  Viewers viewers_;
  std::uint64_t last_viewer_ = 0;
  std::map<signal::OfferId, std::optional<std::string>> line_;  ///< Bare: replies owed, oldest first; empty: not ready.
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
