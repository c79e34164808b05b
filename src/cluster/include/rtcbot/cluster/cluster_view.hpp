#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/cluster/wire.hpp"

namespace rtcbot::cluster {

/// This server's view of all robots and servers: a copy of the store, and which servers are alive.
///
/// A robot is online if its entry says so **and** a heartbeat of its server arrived within the liveness_timeout. So the
/// robots of a killed server go offline within seconds, although their entries remain. Pure; not thread-safe.
class ClusterView {
 public:
  struct Config {
    std::string self{};                    ///< This server.
    Duration liveness_timeout{4'000'000};  ///< A server without a heartbeat for this time is gone.
    std::size_t max_robots = 200'000;      ///< Limit of entries; more are ignored and counted.
    std::size_t max_servers = 1'000;
  };
  struct Known {
    Entry entry{};
    std::uint64_t revision = 0;
    std::uint64_t snapshot = 0;  ///< The last snapshot that contained it.
  };

  explicit ClusterView(Config config) : config_(std::move(config)) {}

  /// The store is about to send all entries; entries that it does not send are removed at `end_snapshot`.
  void begin_snapshot() { ++snapshot_; }
  /// Returns the robots that the store no longer contains.
  std::vector<signal::RobotName> end_snapshot();
  /// Stores an entry; returns true if it has changed. Ignores older revisions.
  bool put(Timestamp now, const signal::RobotName& name, Entry entry, std::uint64_t revision);
  /// The store removed the entry; returns true if there was one.
  bool erase(const signal::RobotName& name, std::uint64_t revision);

  /// A server's heartbeat; returns true if the server was considered gone.
  bool heard(Timestamp now, const std::string& server);
  /// Marks a server as gone until its next heartbeat; returns true if it was considered alive.
  bool gone(const std::string& server);
  /// The bus is down: no server times out.
  void freeze() { is_frozen_ = true; }
  /// The bus is up: restarts the liveness_timeout of each server.
  void thaw(Timestamp now);
  /// Returns the servers whose liveness_timeout has expired; each one once.
  std::vector<std::string> take_silent(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;

  [[nodiscard]] bool is_alive(const std::string& server) const;
  /// The store's entry; null if there is none.
  [[nodiscard]] const Known* find(const signal::RobotName& name) const;
  /// The entry, if the robot is online at another server that is alive; null otherwise.
  [[nodiscard]] const Known* elsewhere(const signal::RobotName& name) const;
  [[nodiscard]] std::vector<signal::RobotName> robots_of(const std::string& server) const;
  [[nodiscard]] const std::map<signal::RobotName, Known>& all() const { return robots_; }
  /// Number of other servers that are alive.
  [[nodiscard]] std::size_t servers() const;
  [[nodiscard]] std::int64_t ignored() const { return ignored_; }

 private:
  void know(Timestamp now, const std::string& server);

  Config config_;
  std::map<signal::RobotName, Known> robots_;
  std::unordered_map<std::string, Timestamp> alive_;  ///< The time at which each server's liveness_timeout expires.
  std::set<std::string> gone_;
  std::uint64_t snapshot_ = 0;
  bool is_frozen_ = false;
  std::int64_t ignored_ = 0;
};

}  // namespace rtcbot::cluster
