#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "rtcbot/broker/deadlines.hpp"
#include "rtcbot/cluster/actions.hpp"
#include "rtcbot/cluster/cluster_view.hpp"

namespace rtcbot::cluster {

/// The result of a read or write of the store.
struct StoreResult {
  enum class Status {
    done,      ///< Written, as `revision`; or read.
    conflict,  ///< Not written: the newest revision is another one.
    failed,    ///< Unknown: no answer in time, or the store is not working.
  };
  Status status = Status::failed;
  std::uint64_t revision = 0;
  std::optional<Entry> entry{};  ///< The value read; empty if the key does not exist or its value is invalid.
};

/// Registers the names of this server's robots in the store by compare-and-set, so that no two servers hold one name.
///
/// A newer robot of the same owner takes a name over; the older robot's server learns this from the store and releases
/// the name. While the store is unreachable, names are granted without it and registered later. If two servers did this
/// for one name, the later socket wins. At most one operation per name is in flight, `max_in_flight` in total.
/// Results and the view's entries arrive independently: either may be ahead of the other.
/// Pure; not thread-safe.
class NameRegistry {
 public:
  struct Config {
    std::string self{};
    std::int64_t unix_ms_at_epoch = 0;          ///< Unix time at `Timestamp` zero.
    Duration status_interval{1'000'000};        ///< Minimum interval for writing a robot's status.
    Duration retry{1'000'000};                  ///< After a failure.
    Duration rewrite{12LL * 3600 * 1'000'000};  ///< Interval of rewriting, so that the store keeps the entry.
    std::size_t max_in_flight = 64;
    std::size_t max_names = 50'000;  ///< More names are granted without the store.
    int max_attempts = 6;            ///< Limit for claiming one name while other servers change it.
  };
  struct Stats {
    std::int64_t granted = 0;
    std::int64_t granted_alone = 0;  ///< Without the store.
    std::int64_t taken = 0;
    std::int64_t lost = 0;       ///< To a newer robot elsewhere, or to another owner.
    std::int64_t conflicts = 0;  ///< Writes at an outdated revision.
    std::int64_t failures = 0;   ///< Failed reads and writes.
  };

  NameRegistry(Config config, const ClusterView& view, std::deque<Action>& actions)
      : config_(std::move(config)), view_(view), actions_(actions) {}

  void claim(Timestamp now, broker::SocketId socket, const signal::RobotName& name, const std::string& owner,
             signal::Protocol protocol);
  /// A robot's state has changed. Ignores robots that have not claimed a name.
  void changed(Timestamp now, const broker::RobotChanged& change);

  /// The store is available and the view is its copy. `is_new`: it is a new store without the old revisions.
  void store_ready(Timestamp now, bool is_new);
  void store_lost();
  /// The view's entry of this name has changed.
  void seen(Timestamp now, const signal::RobotName& name);
  void written(Timestamp now, OpId op, const StoreResult& result);
  void read(Timestamp now, OpId op, const StoreResult& result);

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const { return due_.next(); }
  [[nodiscard]] const Stats& stats() const { return stats_; }
  /// Number of names whose entry in the store is not up to date.
  [[nodiscard]] std::size_t unwritten() const;

 private:
  /// Decides what an entry of the same owner from another server means for a robot here.
  enum class Standing {
    asking,      ///< It has just connected, so it is the newest and overwrites the other entry.
    alone,       ///< Granted without the store: the clocks decide which robot is newer.
    registered,  ///< It was in the store: any later writer is newer.
  };
  struct Own {
    broker::SocketId socket{};
    Entry entry{};
    std::uint64_t revision = 0;  ///< Newest known revision of the name; 0: none or unknown.
    Standing standing = Standing::asking;
    bool is_decided = false;  ///< The decision was sent.
    bool is_dirty = true;     ///< The entry must be written.
    std::optional<OpId> op{};
    broker::SocketId writing{};  ///< The socket whose entry `op` writes.
    int attempts = 0;
    Timestamp written_at{};
  };
  using Owns = std::map<signal::RobotName, Own>;

  void step(Timestamp now, const signal::RobotName& name);
  void start(Own& own, const signal::RobotName& name, Action action);
  Owns::iterator finish(OpId op);
  void stored(Timestamp now, Owns::iterator it, std::uint64_t revision);
  void refused(Owns::iterator it);
  void failed(Timestamp now, Owns::iterator it);
  /// Grants the name without the store, so that the robot does not wait.
  void grant_alone(Own& own);
  /// Resets the revision for a new store.
  static void forget_revision(Own& own);
  /// Compares the view's entry with the own one, and writes or resolves a difference.
  void compare(Timestamp now, Owns::iterator it);
  /// True if both entries are equal, except for the time of writing.
  [[nodiscard]] static bool is_same(const Entry& a, const Entry& b);
  /// Handles an entry of the store that is newer than the own revision.
  void resolve(Timestamp now, Owns::iterator it, const std::optional<Entry>& entry, std::uint64_t revision);
  void decide(Own& own, broker::NameDecision decision);
  void lose(Owns::iterator it, bool to_same_owner);
  /// True if the own robot must go because this entry, of the same owner, is online elsewhere.
  [[nodiscard]] static bool is_older(const Own& own, const Entry& elsewhere);
  void forget(Owns::iterator it);
  [[nodiscard]] bool is_online_elsewhere(const Entry& entry) const;
  [[nodiscard]] std::int64_t unix_ms(Timestamp now) const;
  void run_queue(Timestamp now);
  OpId next_op() { return OpId(++last_op_); }

  Config config_;
  const ClusterView& view_;
  std::deque<Action>& actions_;
  Owns own_;
  std::unordered_map<broker::SocketId, signal::RobotName> names_;
  std::unordered_map<OpId, signal::RobotName> ops_;
  std::deque<signal::RobotName> queue_;  ///< Names that wait for a free operation.
  std::set<signal::RobotName> queued_;
  broker::Deadlines<broker::SocketId> due_;
  std::uint64_t last_op_ = 0;
  bool is_ready_ = false;
  Stats stats_;
};

}  // namespace rtcbot::cluster
