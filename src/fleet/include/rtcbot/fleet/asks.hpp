#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

#include "rtcbot/broker/deadlines.hpp"
#include "rtcbot/fleet/actions.hpp"
#include "rtcbot/fleet/roster.hpp"

namespace rtcbot::fleet {

/// Browsers here whose robots are at other servers: each gets exactly one answer, in time, and nobody else's.
///
/// An offer goes to the server that the roster names. While it waits, that server is probed: the bus says at once when
/// nobody listens there any more, so that a server's death costs its browsers a moment and not the whole time-out.
/// Pure; not thread-safe.
class Asks {
 public:
  struct Config {
    std::string self{};
    Duration patience{10'500'000};  ///< A little more than the other server's own `robot_timeout`.
    Duration probe_interval{250'000};
    std::size_t max_waiting = 4'096;
    std::size_t max_waiting_per_robot = 16;
    std::chrono::seconds retry_after{2};
    signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  };
  struct Stats {
    std::int64_t asked = 0;
    std::int64_t answered = 0;      ///< With an answer or a refusal by the other server.
    std::int64_t timeouts = 0;      ///< That the other server did not tell.
    std::int64_t nobody_there = 0;  ///< Servers that had gone, by the bus's word.
    std::int64_t moved = 0;         ///< Asked again, because the robot had moved meanwhile.
    std::int64_t abandoned = 0;
    std::int64_t late_replies = 0;
    std::int64_t bad_replies = 0;
    std::array<std::int64_t, signal::kRefusalCount> refusals{};  ///< Given here, or passed on.
  };

  Asks(Config config, Roster& roster, std::deque<Action>& actions)
      : config_(std::move(config)), roster_(roster), actions_(actions) {}

  /// @pre `is_known`: the roster is a true copy of the store; otherwise a robot that it does not name may exist.
  void offer(Timestamp now, broker::RequestId request, const signal::RobotName& robot, std::string_view body,
             const std::string& trace, bool is_known, signal::Right right);
  void abandoned(broker::RequestId request);
  void reply(Timestamp now, std::uint64_t id, std::string_view text);
  /// Nobody listens where that question was sent.  Returns the server, if it was known.
  std::string nobody_there(std::uint64_t id);
  /// All who wait for that server are told; it is gone.
  void server_gone(const std::string& server);
  /// Nothing can be sent or heard any more; all are told.
  void link_down();
  /// All are told that this server ends.
  void stop();
  void refuse(broker::RequestId request, signal::Refusal refusal, std::string_view message = {});

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;
  [[nodiscard]] std::size_t waiting() const { return asks_.size(); }
  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct Ask {
    broker::RequestId request{};
    signal::RobotName robot{};
    std::string server{};
    std::string trace{};
    std::string body{};
    signal::Right right{};
    bool was_resent = false;
  };
  using AskId = StrongId<struct AskIdTag>;
  using All = std::unordered_map<AskId, Ask>;

  void send(Timestamp now, Ask ask);
  void finish(All::iterator it, signal::Refusal refusal, std::string_view message = {});
  Ask take(All::iterator it);
  void respond(broker::RequestId request, const RefusalReply& reply);
  void cancel(std::uint64_t id, const Ask& ask);
  void probe(Timestamp now);

  Config config_;
  Roster& roster_;
  std::deque<Action>& actions_;
  All asks_;
  std::unordered_map<broker::RequestId, AskId> by_request_;
  std::map<signal::RobotName, std::size_t> per_robot_;
  broker::Deadlines<AskId> deadlines_;
  std::unordered_map<std::uint64_t, std::string> probes_;  ///< The newest of each server.
  Timestamp probe_at_ = kNever;
  std::uint64_t last_id_ = 0;
  Stats stats_;
};

}  // namespace rtcbot::fleet
