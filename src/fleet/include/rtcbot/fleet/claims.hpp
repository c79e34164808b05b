#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "rtcbot/broker/deadlines.hpp"
#include "rtcbot/fleet/actions.hpp"
#include "rtcbot/fleet/roster.hpp"

namespace rtcbot::fleet {

/// How a reading or a writing of the store ended.
struct StoreResult {
  enum class Status {
    done,      ///< Written, as `revision`; or read.
    conflict,  ///< Not written: the newest revision is another.
    failed,    ///< Not known: no answer in time, or the store is in trouble.
  };
  Status status = Status::failed;
  std::uint64_t revision = 0;
  std::optional<Entry> entry{};  ///< What was read; nothing if there is no such key, or its value makes no sense.
};

/// The names of this server's robots, held in the store by compare-and-set, so that no two servers hold one name.
///
/// A newer robot of the same owner takes a name over; the one who had it learns that from the store and lets it go.
/// While the store cannot be reached names are granted without it and registered afterwards; where two servers did
/// that with one name, the later socket wins. At most one operation is under way for a name, `max_in_flight` in all.
/// Results and the roster's entries come on ways of their own: either may be ahead of the other.
/// Pure; not thread-safe.
class Claims {
 public:
  struct Config {
    std::string self{};
    std::int64_t unix_ms_at_epoch = 0;          ///< Unix time where `Timestamp` is zero.
    Duration status_interval{1'000'000};        ///< What a robot says of itself is written no more often than this.
    Duration retry{1'000'000};                  ///< After a failure.
    Duration rewrite{12LL * 3600 * 1'000'000};  ///< So that the store does not forget who is online.
    std::size_t max_in_flight = 64;
    std::size_t max_names = 50'000;  ///< More are granted without the store.
    int max_attempts = 6;            ///< To claim one name while others change it.
  };
  struct Stats {
    std::int64_t granted = 0;
    std::int64_t granted_alone = 0;  ///< Without the store.
    std::int64_t taken = 0;
    std::int64_t lost = 0;       ///< To a newer robot elsewhere, or to another owner.
    std::int64_t conflicts = 0;  ///< Writes that came second.
    std::int64_t failures = 0;   ///< Readings and writings that failed.
  };

  Claims(Config config, const Roster& roster, std::deque<Action>& actions)
      : config_(std::move(config)), roster_(roster), actions_(actions) {}

  void claim(Timestamp now, broker::SocketId socket, const signal::RobotName& name, const std::string& owner,
             signal::Protocol protocol);
  /// What became of a robot: it may be one that has claimed its name, or never heard of.
  void changed(Timestamp now, const broker::RobotChanged& change);

  /// The store can be used and the roster is its copy. `is_new`: it has forgotten all revisions.
  void store_ready(Timestamp now, bool is_new);
  void store_lost();
  /// The roster's entry of this name has changed.
  void seen(Timestamp now, const signal::RobotName& name);
  void written(Timestamp now, OpId op, const StoreResult& result);
  void read(Timestamp now, OpId op, const StoreResult& result);

  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const { return due_.next(); }
  [[nodiscard]] const Stats& stats() const { return stats_; }
  /// Names whose entry in the store is not as it should be yet.
  [[nodiscard]] std::size_t unwritten() const;

 private:
  /// What another entry of the same owner in the store means for a robot here.
  enum class Standing {
    asking,      ///< It has just dialled in: it is the newest, and writes over the other.
    alone,       ///< It was taken without the store: the clocks have to say which is newer.
    registered,  ///< It stood in the store: whoever wrote after it is newer.
  };
  struct Own {
    broker::SocketId socket{};
    Entry entry{};
    std::uint64_t revision = 0;  ///< The newest known of the name; 0: there is none, or it is not known.
    Standing standing = Standing::asking;
    bool is_decided = false;  ///< The robot was told.
    bool is_dirty = true;     ///< The entry is to be written.
    std::optional<OpId> op{};
    broker::SocketId writing{};  ///< Whose entry `op` writes.
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
  /// Nobody can say whether others have the name, and the robot does not wait for it.
  void grant_alone(Own& own);
  /// The store is another one, which knows nothing of ours.
  static void forget_revision(Own& own);
  /// Whether the store has what it should have.
  void compare(Timestamp now, Owns::iterator it);
  /// Whether both say the same, but for the time of writing.
  [[nodiscard]] static bool is_same(const Entry& a, const Entry& b);
  /// What the store has for a name of ours, when our own revision is not the newest.
  void resolve(Timestamp now, Owns::iterator it, const std::optional<Entry>& entry, std::uint64_t revision);
  void decide(Own& own, broker::NameDecision decision);
  void lose(Owns::iterator it, bool to_same_owner);
  /// Whether our robot has to go, as this entry of its own owner is online elsewhere.
  [[nodiscard]] static bool is_older(const Own& own, const Entry& elsewhere);
  void forget(Owns::iterator it);
  [[nodiscard]] bool is_online_elsewhere(const Entry& entry) const;
  [[nodiscard]] std::int64_t unix_ms(Timestamp now) const;
  void run_queue(Timestamp now);
  OpId next_op() { return OpId(++last_op_); }

  Config config_;
  const Roster& roster_;
  std::deque<Action>& actions_;
  Owns own_;
  std::unordered_map<broker::SocketId, signal::RobotName> names_;
  std::unordered_map<OpId, signal::RobotName> ops_;
  std::deque<signal::RobotName> queue_;  ///< Names that wait for fewer operations in flight.
  std::set<signal::RobotName> queued_;
  broker::Deadlines<broker::SocketId> due_;
  std::uint64_t last_op_ = 0;
  bool is_ready_ = false;
  Stats stats_;
};

}  // namespace rtcbot::fleet
