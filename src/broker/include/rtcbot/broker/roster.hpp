#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/broker/broker.hpp"
#include "rtcbot/signal/message.hpp"
#include "rtcbot/signal/robot_name.hpp"

namespace rtcbot::broker {

/// Who is online and who was lately, with the newest picture of each: what pages are shown.
///
/// Pure; not thread-safe. In memory alone, and bounded: those online are as many as the broker has; of the others the
/// longest gone are forgotten first; of the pictures the oldest.
class Roster {
 public:
  struct Config {
    std::size_t max_offline = 1'000;             ///< Names that are remembered after their robot left.
    std::size_t max_offline_per_address = 100;   ///< Of robots of one address (`Credential::address`); 0: any number.
    std::chrono::hours offline_for{7 * 24};      ///< And for how long.
    std::size_t max_snapshots = 1'000;           ///< Of at most 32 KiB each.
    std::chrono::minutes snapshot_for{24 * 60};  ///< An older picture is shown to nobody.
  };
  Roster();
  explicit Roster(Config config) : config_(config) {}

  /// Takes what the broker said. What an older socket of the name, or one that was never online, says is ignored.
  void changed(Timestamp now, const RobotChanged& robot);
  /// Keeps the picture in place of the one before; ignored for a robot that is not online.
  void took(Timestamp now, const RobotSnapshot& snapshot);
  /// Forgets who is gone for too long. To be called at `next_timeout` or later; harmless before.
  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;

  /// What pages are told of that robot; offline, if nobody knows it.
  [[nodiscard]] signal::Presence presence(Timestamp now, const signal::RobotName& name) const;
  /// Everybody, by name.
  [[nodiscard]] std::vector<signal::RobotName> names() const;
  /// Its newest picture; null if there is none. Valid until the next call of another function.
  [[nodiscard]] const std::string* snapshot(const signal::RobotName& name) const;
  [[nodiscard]] bool knows(const signal::RobotName& name) const { return entries_.contains(name); }
  /// Whether a robot with a name is, or was lately, online.
  [[nodiscard]] bool knows_a_named_one() const;
  /// The names that `changed` or `handle_timeout` forgot since the last call.
  [[nodiscard]] std::vector<signal::RobotName> take_forgotten();

 private:
  struct Entry {
    RobotChanged last{};
    Timestamp since{};                 ///< It is so, online or offline.
    std::int64_t snapshot_number = 0;  ///< 0: none.
    Timestamp snapshot_at{};
    std::string jpeg{};
  };
  void forget(const signal::RobotName& name);
  void add_offline(const Entry& entry);
  void remove_offline(const Entry& entry);
  void drop_snapshot(Entry& entry);

  Config config_;
  std::map<signal::RobotName, Entry> entries_;
  using ByTime = std::set<std::pair<Timestamp, signal::RobotName>>;
  ByTime offline_;                                    ///< The longest gone first.
  std::map<std::string, ByTime> offline_of_address_;  ///< The same by address, without those of none.
  ByTime snapshots_;                                  ///< The oldest first.
  std::vector<signal::RobotName> forgotten_;
  std::int64_t last_snapshot_ = 0;
};

}  // namespace rtcbot::broker
