#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/fleet/wire.hpp"

namespace rtcbot::fleet {

/// Who is where, as this server knows it: a copy of the store, and which servers are alive.
///
/// A robot is online where its entry says so **and** that server has been heard within the lease; so the robots of a
/// server that was killed are gone within seconds, though their entries stay. Pure; not thread-safe.
class Roster {
 public:
  struct Config {
    std::string self{};                ///< This server.
    Duration lease{4'000'000};         ///< A server that is silent for longer is gone.
    std::size_t max_robots = 200'000;  ///< Entries; more are ignored and counted.
    std::size_t max_servers = 1'000;
  };
  struct Known {
    Entry entry{};
    std::uint64_t revision = 0;
    std::uint64_t snapshot = 0;  ///< In which it was seen last.
  };

  explicit Roster(Config config) : config_(std::move(config)) {}

  /// The store is about to tell everything anew; what it does not mention is gone at `end_snapshot`.
  void begin_snapshot() { ++snapshot_; }
  /// The robots that the store no longer knows.
  std::vector<signal::RobotName> end_snapshot();
  /// An entry as the store has it; whether that is news. Older revisions are ignored.
  bool put(Timestamp now, const signal::RobotName& name, Entry entry, std::uint64_t revision);
  /// The store has dropped the entry; whether there was one.
  bool erase(const signal::RobotName& name, std::uint64_t revision);

  /// A server's beat; whether it was thought gone.
  bool heard(Timestamp now, const std::string& server);
  /// It is known to be gone until it is heard again; whether it was thought alive.
  bool gone(const std::string& server);
  /// Nothing can be heard for now, so nobody is taken for gone.
  void freeze() { is_frozen_ = true; }
  /// Everybody has a lease from now on to be heard.
  void thaw(Timestamp now);
  /// The servers that have fallen silent; each is told once.
  std::vector<std::string> take_silent(Timestamp now);
  [[nodiscard]] Timestamp next_timeout() const;

  [[nodiscard]] bool is_alive(const std::string& server) const;
  /// What the store says of it; null if nothing.
  [[nodiscard]] const Known* find(const signal::RobotName& name) const;
  /// The entry, if the robot is online at another server that is alive; null otherwise.
  [[nodiscard]] const Known* elsewhere(const signal::RobotName& name) const;
  [[nodiscard]] std::vector<signal::RobotName> robots_of(const std::string& server) const;
  [[nodiscard]] const std::map<signal::RobotName, Known>& all() const { return robots_; }
  /// Servers that are alive, this one not counted.
  [[nodiscard]] std::size_t servers() const;
  [[nodiscard]] std::int64_t ignored() const { return ignored_; }

 private:
  void know(Timestamp now, const std::string& server);

  Config config_;
  std::map<signal::RobotName, Known> robots_;
  std::unordered_map<std::string, Timestamp> alive_;  ///< And until when without being heard.
  std::set<std::string> gone_;
  std::uint64_t snapshot_ = 0;
  bool is_frozen_ = false;
  std::int64_t ignored_ = 0;
};

}  // namespace rtcbot::fleet
