#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>

#include "rtcbot/broker/deadlines.hpp"
#include "rtcbot/cluster/actions.hpp"
#include "rtcbot/cluster/cluster_view.hpp"

namespace rtcbot::cluster {

/// A browser's offer for a robot that is connected to another server.
struct OutgoingOffer {
  broker::RequestId request{};
  signal::RobotName robot{};
  std::string body{};   ///< Of the browser's `POST`.
  std::string trace{};  ///< Its name in logs, as in `OfferQuestion`.
  signal::Permissions permissions{};
};

/// Forwards offers of browsers here to robots at other servers. Each browser gets exactly one answer, its own, in time.
///
/// An offer goes to the server in the view's entry. While it waits, that server is probed: the bus reports
/// immediately if no server listens there, so that a server's death delays its browsers by a moment, not by the whole
/// timeout.
/// Pure; not thread-safe.
class ForwardedOffers {
 public:
  struct Config {
    std::string self{};
    Duration timeout{10'500'000};  ///< A little more than the other server's own `robot_timeout`.
    Duration probe_interval{250'000};
    std::size_t max_waiting = 4'096;
    std::size_t max_waiting_per_robot = 16;
    std::chrono::seconds retry_after{2};
    signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  };
  struct Stats {
    std::int64_t asked = 0;
    std::int64_t answered = 0;       ///< By the other server, with an answer or a refusal.
    std::int64_t timeouts = 0;       ///< No reply within `timeout`.
    std::int64_t no_responders = 0;  ///< The bus reported that no server listens.
    std::int64_t moved = 0;          ///< Sent again, because the robot had moved to another server.
    std::int64_t abandoned = 0;
    std::int64_t late_replies = 0;
    std::int64_t bad_replies = 0;
    std::array<std::int64_t, signal::kRefusalCount> refusals{};  ///< Made here or forwarded.
  };

  ForwardedOffers(Config config, ClusterView& view, std::deque<Action>& actions)
      : config_(std::move(config)), view_(view), actions_(actions) {}

  /// @pre `is_known` is true if the view is a complete copy of the store. If it is false, a robot without an entry
  /// may exist and the refusal is `unavailable`.
  void offer(Timestamp now, OutgoingOffer offer, bool is_known);
  void abandoned(broker::RequestId request);
  void reply(Timestamp now, std::uint64_t id, std::string_view text);
  /// No server listens where that question was sent.  Returns the server, or nothing if the id is unknown.
  std::string no_responders(std::uint64_t id);
  /// Refuses all requests that wait for that server.
  void server_gone(const std::string& server);
  /// The bus is down: refuses all requests.
  void link_down();
  /// This server stops: refuses all requests.
  void stop();
  void refuse(broker::RequestId request, signal::Refusal refusal, std::string_view message = {});

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;
  [[nodiscard]] std::size_t waiting() const { return offers_.size(); }
  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct Forwarded {
    broker::RequestId request{};
    signal::RobotName robot{};
    std::string server{};
    std::string trace{};
    std::string body{};
    signal::Permissions permissions{};
    bool was_resent = false;
  };
  using ForwardedId = StrongId<struct AskIdTag>;
  using All = std::unordered_map<ForwardedId, Forwarded>;

  void send(Timestamp now, Forwarded forwarded);
  void finish(All::iterator it, signal::Refusal refusal, std::string_view message = {});
  Forwarded take(All::iterator it);
  void respond(broker::RequestId request, const RefusalReply& reply);
  void cancel(std::uint64_t id, const Forwarded& forwarded);
  void probe(Timestamp now);

  Config config_;
  ClusterView& view_;
  std::deque<Action>& actions_;
  All offers_;
  std::unordered_map<broker::RequestId, ForwardedId> by_request_;
  std::map<signal::RobotName, std::size_t> per_robot_;
  broker::Deadlines<ForwardedId> deadlines_;
  std::unordered_map<std::uint64_t, std::string> probes_;  ///< The last probe of each server.
  Timestamp probe_at_ = kNever;
  std::uint64_t last_id_ = 0;
  Stats stats_;
};

}  // namespace rtcbot::cluster
