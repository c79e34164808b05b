#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/ipc/messages.hpp"

namespace rtcbot::engine_client {

/// Names one engine of the pool.
enum class Slot : std::size_t {};
/// The engine of all parties that are not suspects; always runs.
inline constexpr Slot kSharedSlot{0};
/// Only for the party that drove when its engine failed.
inline constexpr Slot kDriverSlot{1};

/// A party's connections are refused.
struct Paused {
  Duration remaining{};
  friend bool operator==(const Paused&, const Paused&) = default;
};

/// Decides which engine each connection goes to. A sender whose bytes end an engine repeatedly gets a growing pause;
/// others are not affected.
///
/// A *party* is the other side: a credential, or the certificate of a page. All parties share one engine until it
/// fails. Then each party that was in it is a suspect, and gets its own engine when it comes back, as far as engines
/// are available. The next failure then has one suspect. A suspect whose engine fails again with only that party in it
/// is paused. Parties that shared a failed engine are never paused for that.
///
/// If there are more suspects than engines, they share. Those with many failures are distributed, so that each failure
/// halves the number of possible causes. Suspects never return to the shared engine, so a sender that changes its
/// identity meets only newcomers there.
///
/// A party without a name cannot be recognised when it comes back. It is never a suspect or paused, and always uses the
/// shared engine.
///
/// Pure: gets the time. Not thread-safe.
class Isolation {
 public:
  struct Config {
    std::size_t extra_engines = 3;                      ///< Besides the shared one; at least 2, or 0: no isolation.
    Duration heal_interval = std::chrono::minutes(10);  ///< Time without failure that removes one failure.
    Duration first_pause = std::chrono::seconds(1);     ///< Doubles with each further failure,
    Duration max_pause = std::chrono::seconds(60);      ///< up to this.
    Duration linger = std::chrono::seconds(5);          ///< A party that left an engine this recently may have caused
                                                        ///< its end.
    Duration return_window = std::chrono::seconds(10);  ///< How long a suspect's engine is reserved for it.
    Duration idle_limit = std::chrono::seconds(10);     ///< An unused extra engine ends after this.
    Duration drive_memory = std::chrono::seconds(60);   ///< A party that drove this recently counts as driver.
    std::size_t max_parties = 256;                      ///< Maximum number of remembered suspects.
    std::size_t max_lingering = 64;                     ///< Maximum number of remembered closed connections.
  };

  struct Stats {
    std::int64_t failures = 0;  ///< Engines that ended after they had served.
    std::int64_t isolated = 0;  ///< Connections that were placed in an extra engine.
    std::int64_t pauses = 0;
    std::int64_t refused = 0;  ///< Connections of paused parties.
  };

  /// The consequences of a failure.
  struct Outcome {
    std::vector<std::string> suspects{};  ///< The named parties that were in the engine.
    std::optional<Paused> paused{};       ///< Set: the only suspect is paused.
    std::vector<Slot> needed{};           ///< Engines to start for the parties that come back.
  };

  using Placement = std::variant<Slot, Paused>;

  Isolation() : Isolation(Config{}) {}
  explicit Isolation(const Config& config) : config_(config) {}

  /// Chooses the engine for a connection. `party` empty: not known.  @pre `id` was never used before
  [[nodiscard]] Placement place(Timestamp now, ipc::PeerId id, const std::string& party);
  /// The connection got or lost the lease.
  void set_drives(Timestamp now, ipc::PeerId id, bool drives);
  /// The connection has ended. Has no effect after its engine has failed.
  void remove(Timestamp now, ipc::PeerId id);

  /// An engine that had served has ended, hung or sent invalid messages; `held` are its connections.
  [[nodiscard]] Outcome on_failure(Timestamp now, Slot slot, const std::vector<ipc::PeerId>& held);

  /// True if nobody uses that engine and nobody is expected to. Never for the shared one.
  [[nodiscard]] bool may_end(Timestamp now, Slot slot) const;
  /// Zero: the party is not paused.
  [[nodiscard]] Duration pause_of(Timestamp now, const std::string& party) const;

  [[nodiscard]] const Stats& stats() const { return stats_; }
  /// Parties now remembered as suspects.
  [[nodiscard]] std::size_t suspects() const { return parties_.size(); }
  [[nodiscard]] std::size_t paused(Timestamp now) const;

 private:
  struct Connection {
    std::string party{};
    Slot slot = kSharedSlot;
    bool drives = false;
    std::optional<Timestamp> drove_at{};  ///< When it last had the lease, if it does not have it now.
    std::optional<Timestamp> left_at{};   ///< Empty while it is open.
  };
  /// Whether it had the lease when its engine failed; a greater value has precedence for the driver's engine.
  enum class Drove { no, lately, then };
  struct Party {
    int failures = 0;  ///< Failed engines that it was in; decreases with time.
    int offences = 0;  ///< Of these, engines with only this party in them; decreases with time.
    Drove drove = Drove::no;
    Timestamp clean_since{};
    Timestamp paused_until{};
    Slot home = kSharedSlot;  ///< Reserved for it until `home_until`, and while it is in there.
    Timestamp home_until{};
  };
  using Parties = std::map<std::string, Party>;

  void heal(Timestamp now);
  void forget_lingering(Timestamp now);
  /// Removes the connections that may have caused the end of that engine. Returns their parties and whether they drove.
  [[nodiscard]] std::map<std::string, Drove> take_involved(Timestamp now, Slot slot,
                                                           const std::vector<ipc::PeerId>& held);
  [[nodiscard]] Drove drove(Timestamp now, const Connection& connection) const;
  void accuse(Timestamp now, const std::string& name, Drove drove);
  void make_room(Timestamp now);
  Paused pause(Timestamp now, Party& party);
  [[nodiscard]] std::vector<Slot> assign_homes(Timestamp now, std::vector<std::string> names);
  [[nodiscard]] bool is_in(const std::string& name, Slot slot) const;
  [[nodiscard]] bool is_forgotten(Timestamp now, const Connection& connection) const;
  [[nodiscard]] Slot home_of(Timestamp now, const std::string& name, Party& party);
  [[nodiscard]] Slot choose(Timestamp now, const std::string& name, const Party& party) const;
  /// The risk of joining the other parties there; 0: there are none.
  [[nodiscard]] std::int64_t risk_in(Timestamp now, Slot slot, const std::string& name) const;
  [[nodiscard]] std::int64_t weight_of(const std::string& name) const;

  Config config_;
  Stats stats_;
  std::map<ipc::PeerId, Connection> connections_;
  Parties parties_;
  std::map<Slot, Timestamp> used_at_;  ///< Of extra engines.
};

}  // namespace rtcbot::engine_client
