#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rtcbot/base/log_rate_limiter.hpp"
#include "rtcbot/fleet/asks.hpp"
#include "rtcbot/fleet/claims.hpp"
#include "rtcbot/fleet/roster.hpp"

namespace rtcbot::fleet {

/// A robot of the whole fleet, as a list shows it.
struct FleetRobot {
  signal::RobotName name{};
  bool is_online = false;  ///< At a server that is alive; otherwise it was last seen at `Entry::seen_ms`.
  Entry entry{};
};

/// One server's part in a fleet of servers that act as one: whose names are whose, who is asked for which robot.
///
/// Between the servers are a message bus and a key-value store, each of which may fail by itself; this decides what
/// then holds. Pure: told the time and what came in; after each call, drain `poll_action` and ask `next_timeout`. Not
/// thread-safe.
class Fleet {
 public:
  struct Config {
    std::string self{};                 ///< `is_server_id`.
    std::int64_t unix_ms_at_epoch = 0;  ///< Unix time where `Timestamp` is zero.
    Duration beat_interval{1'000'000};
    Duration lease{4'000'000};       ///< A server that is not heard for longer is gone.
    Duration patience{10'500'000};   ///< For another server's answer.
    std::size_t max_visits = 4'096;  ///< Offers of other servers that wait here; more are `busy`.
    std::chrono::seconds retry_after{2};
    signal::Limits limits{.local_candidates = signal::LocalCandidates::keep};
  };
  struct Stats {
    std::int64_t visits = 0;        ///< Offers that other servers asked about.
    std::int64_t bad_messages = 0;  ///< From the bus or the store, and not understood.
    std::int64_t link_losses = 0;
    std::int64_t store_losses = 0;
    std::int64_t servers_gone = 0;
  };

  explicit Fleet(Config config);

  /// The message bus can be used, or cannot. Neither is harmful when it is known already.
  void link_up(Timestamp now);
  void link_down(Timestamp now);
  /// The store tells all its entries: `begin`, then `entry` for each, then `end`, from when on it can be used, and
  /// `entry` for each change. `incarnation` is another one when the store was made anew.
  void snapshot_begin();
  void entry(Timestamp now, std::string_view key, std::string_view value, std::uint64_t revision);
  void entry_deleted(Timestamp now, std::string_view key, std::uint64_t revision);
  void snapshot_end(Timestamp now, std::int64_t incarnation);
  void store_down(Timestamp now);
  void written(Timestamp now, OpId op, const StoreResult& result);
  /// `value`: what stands there; nothing if there is no such key or the reading failed.
  void read(Timestamp now, OpId op, StoreResult::Status status, std::uint64_t revision,
            const std::optional<std::string>& value);

  /// From the bus. `reply_to`: where the reply is to be sent.
  void beat(Timestamp now, std::string_view text);
  void question(Timestamp now, std::string_view text, const std::string& reply_to);
  void reply(Timestamp now, std::uint64_t id, std::string_view text) { asks_.reply(now, id, text); }
  void nobody_there(std::uint64_t id);

  /// From this server's broker.
  void claim(Timestamp now, broker::SocketId socket, const signal::RobotName& name, const std::string& owner,
             signal::Protocol protocol);
  void changed(Timestamp now, const broker::RobotChanged& change) { claims_.changed(now, change); }
  void visit_answered(VisitId visit, const broker::Respond& respond);

  /// A browser's `POST` for a robot that is not here. `trace`: its name in logs, as in `OfferQuestion`.
  void offer(Timestamp now, broker::RequestId request, const signal::RobotName& name, std::string_view body,
             const std::string& trace, signal::Right right = {});
  void request_abandoned(broker::RequestId request) { asks_.abandoned(request); }

  /// The server is about to end: nobody here waits for others any more. Names of robots that leave are still let go.
  void stop(Timestamp now);
  /// The last word, when the names have been let go: what is still named here is gone.
  void farewell();

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;
  [[nodiscard]] std::optional<Action> poll_action();

  /// Robots that are not here: online elsewhere, or lately seen.
  [[nodiscard]] std::vector<FleetRobot> others() const;
  /// What is known of a robot that is not here.
  [[nodiscard]] std::optional<FleetRobot> other(const signal::RobotName& name) const;
  /// Whether a robot with another credential is online under this name at another server.
  [[nodiscard]] bool is_taken(const signal::RobotName& name, const std::string& owner) const;

  [[nodiscard]] bool is_link_up() const { return is_link_up_; }
  [[nodiscard]] bool is_store_up() const { return is_store_up_; }
  [[nodiscard]] std::size_t servers() const { return roster_.servers(); }
  [[nodiscard]] std::size_t waiting() const { return asks_.waiting(); }
  [[nodiscard]] std::size_t visitors() const { return visits_.size(); }
  [[nodiscard]] const Stats& stats() const { return stats_; }
  [[nodiscard]] const Claims& claims() const { return claims_; }
  [[nodiscard]] const Asks& asks() const { return asks_; }

 private:
  struct Visit {
    std::string from{};
    std::uint64_t id{};
    std::string reply_to{};
  };
  /// Its robots are at no server any more.
  void forget(const std::string& server);
  void tell(const std::vector<signal::RobotName>& names);
  void bad_message(Timestamp now, const std::string& what);
  void log(LogLevel level, std::string message) { actions_.push_back(LogRecord{level, "fleet", std::move(message)}); }

  Config config_;
  std::deque<Action> actions_;
  Roster roster_;
  Claims claims_;
  Asks asks_;
  std::map<VisitId, Visit> visits_;
  std::map<std::pair<std::string, std::uint64_t>, VisitId> visit_ids_;
  std::uint64_t last_visit_ = 0;
  std::int64_t incarnation_ = 0;
  Timestamp next_beat_ = kNever;
  bool is_link_up_ = false;
  bool is_store_up_ = false;
  bool is_stopping_ = false;
  LogRateLimiter not_understood_;
  Stats stats_;
};

}  // namespace rtcbot::fleet
