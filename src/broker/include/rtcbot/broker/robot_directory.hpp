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

/// The robots that are or recently were online, with the newest picture of each. Pages show this list.
///
/// Pure; not thread-safe. Held in memory only, and bounded: the broker limits the robots online. Of the others the one
/// that left first is dropped first; of the pictures the oldest.
class RobotDirectory {
 public:
  struct Config {
    std::size_t max_offline = 1'000;             ///< Offline robots that are remembered.
    std::size_t max_offline_per_address = 100;   ///< Per address (`RobotCredential::address`); 0: unlimited.
    std::chrono::hours offline_for{7 * 24};      ///< How long they are remembered.
    std::size_t max_snapshots = 1'000;           ///< Of at most 32 KiB each.
    std::chrono::minutes snapshot_for{24 * 60};  ///< Older pictures are removed.
  };
  RobotDirectory();
  explicit RobotDirectory(Config config) : config_(config) {}

  /// Records a change that the broker reported. Ignores an offline report from an older socket of the name, or from a
  /// socket that was never online.
  void changed(Timestamp now, const RobotChanged& robot);
  /// Stores the robot's newest picture. Ignored for a robot that is not online.
  void took(Timestamp now, const RobotSnapshot& snapshot);
  /// Drops robots and pictures that are too old. Call it at `next_timeout` or later; harmless before.
  void handle_timeout(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;

  /// The presence of that robot for pages; an unknown robot is reported as forgotten.
  [[nodiscard]] signal::Presence presence(Timestamp now, const signal::RobotName& name) const;
  /// All robots, by name.
  [[nodiscard]] std::vector<signal::RobotName> names() const;
  /// The robot's newest picture; null if there is none. Valid until the next call of another function.
  [[nodiscard]] const std::string* snapshot(const signal::RobotName& name) const;
  [[nodiscard]] bool knows(const signal::RobotName& name) const { return entries_.contains(name); }
  /// True if a named robot is or recently was online.
  [[nodiscard]] bool knows_a_named_one() const;
  /// Returns the names dropped by `changed` or `handle_timeout` since the last call.
  [[nodiscard]] std::vector<signal::RobotName> take_forgotten();

 private:
  struct Entry {
    RobotChanged last{};
    Timestamp since{};                 ///< When it went online or offline.
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
  ByTime offline_;                                    ///< The one that left first comes first.
  std::map<std::string, ByTime> offline_of_address_;  ///< The same by address; robots without an address are not
                                                      ///< included.
  ByTime snapshots_;                                  ///< The oldest first.
  std::vector<signal::RobotName> forgotten_;
  std::int64_t last_snapshot_ = 0;
};

}  // namespace rtcbot::broker
