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
/// The engine of all who are not suspected; runs always.
inline constexpr Slot kSharedSlot{0};
/// For the party that drove when its engine failed; nobody else is put in there.
inline constexpr Slot kDriverSlot{1};

/// A party's connections are refused.
struct Paused {
  Duration remaining{};
  friend bool operator==(const Paused&, const Paused&) = default;
};

/// Decides which engine each connection goes to, so that bytes that end an engine again and again cost their sender a
/// growing pause, and nobody else.
///
/// A *party* is whoever is at the other side: a credential, or the certificate of a page. All parties share one engine
/// until it fails. Everybody who was in it is then a suspect and gets an engine of their own when they come back, as
/// far as there are engines; the next failure has one suspect. A party whose engine failed with it alone in it, and
/// that was a suspect already, is paused. Sharing an engine that fails never pauses anybody.
///
/// Where there are more suspects than engines they share: those who were in many failures are spread out, so that each
/// failure halves the number of those who may have caused it. Suspects never go back among those who are not, so a
/// sender who changes identity each time meets newcomers only.
///
/// A party without a name cannot be recognised when it comes back: it is neither a suspect nor paused, and always in
/// the shared engine.
///
/// Pure: told the time. Not thread-safe.
class Isolation {
 public:
  struct Config {
    std::size_t extra_engines = 3;                      ///< Besides the shared one; 2 or more, or 0: no isolation.
    Duration heal_interval = std::chrono::minutes(10);  ///< Without failure, takes one failure from the account.
    Duration first_pause = std::chrono::seconds(1);     ///< Doubles with each further failure,
    Duration max_pause = std::chrono::seconds(60);      ///< up to this.
    Duration linger = std::chrono::seconds(5);          ///< Who left an engine so lately may have caused its end.
    Duration return_window = std::chrono::seconds(10);  ///< For so long a suspect's engine is kept for it.
    Duration idle_limit = std::chrono::seconds(10);     ///< An extra engine that nobody uses ends after this.
    Duration drive_memory = std::chrono::seconds(60);   ///< Who drove so lately counts as driver.
    std::size_t max_parties = 256;                      ///< Suspects that are remembered.
    std::size_t max_lingering = 64;                     ///< Connections that have left and are remembered.
  };

  struct Stats {
    std::int64_t failures = 0;  ///< Engines that ended after they had served.
    std::int64_t isolated = 0;  ///< Connections that were put in an extra engine.
    std::int64_t pauses = 0;
    std::int64_t refused = 0;  ///< Connections of paused parties.
  };

  /// What follows from a failure.
  struct Outcome {
    std::vector<std::string> suspects{};  ///< The parties that were in the engine and have a name.
    std::optional<Paused> paused{};       ///< Set: the only suspect is paused.
    std::vector<Slot> needed{};           ///< Engines to have ready for those who come back.
  };

  using Placement = std::variant<Slot, Paused>;

  Isolation() : Isolation(Config{}) {}
  explicit Isolation(const Config& config) : config_(config) {}

  /// Where the connection goes. `party` empty: not known.  @pre `id` was never used before
  [[nodiscard]] Placement place(Timestamp now, ipc::PeerId id, const std::string& party);
  /// The connection has the controls from now on, or no longer.
  void set_drives(Timestamp now, ipc::PeerId id, bool drives);
  /// The connection has ended. Ignored where its engine has failed.
  void remove(Timestamp now, ipc::PeerId id);

  /// An engine that served has ended, hung or sent nonsense, with these connections in it.
  [[nodiscard]] Outcome on_failure(Timestamp now, Slot slot, const std::vector<ipc::PeerId>& held);

  /// Whether nobody uses that engine and nobody is expected to. Never for the shared one.
  [[nodiscard]] bool may_end(Timestamp now, Slot slot) const;
  /// Zero: the party is not paused.
  [[nodiscard]] Duration pause_of(Timestamp now, const std::string& party) const;

  [[nodiscard]] const Stats& stats() const { return stats_; }
  /// Parties that are remembered as suspects.
  [[nodiscard]] std::size_t suspects() const { return parties_.size(); }
  [[nodiscard]] std::size_t paused(Timestamp now) const;

 private:
  struct Connection {
    std::string party{};
    Slot slot = kSharedSlot;
    bool drives = false;
    std::optional<Timestamp> drove_at{};  ///< When it last had the controls, if it has not now.
    std::optional<Timestamp> left_at{};   ///< Empty while it lives.
  };
  /// Whether it had the controls when its engine failed; of two, the later has the better right to the driver's engine.
  enum class Drove { no, lately, then };
  struct Party {
    int failures = 0;  ///< Engines that failed with it in there; heals.
    int offences = 0;  ///< Of these, those that failed with it alone in there; heals.
    Drove drove = Drove::no;
    Timestamp clean_since{};
    Timestamp paused_until{};
    Slot home = kSharedSlot;  ///< Kept for it until `home_until`, and while it is in there.
    Timestamp home_until{};
  };
  using Parties = std::map<std::string, Party>;

  void heal(Timestamp now);
  void forget_lingering(Timestamp now);
  /// Takes out the connections that may have caused the end of that engine; by party, with whether it drove.
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
  /// How much is risked by going in with the others there; 0: nobody is.
  [[nodiscard]] std::int64_t risk_in(Timestamp now, Slot slot, const std::string& name) const;
  [[nodiscard]] std::int64_t weight_of(const std::string& name) const;

  Config config_;
  Stats stats_;
  std::map<ipc::PeerId, Connection> connections_;
  Parties parties_;
  std::map<Slot, Timestamp> used_at_;  ///< Of extra engines.
};

}  // namespace rtcbot::engine_client
