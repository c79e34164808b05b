#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "rtcbot/base/time.hpp"
#include "rtcbot/safety/command.hpp"
#include "rtcbot/safety/lease.hpp"
#include "rtcbot/safety/page_clock.hpp"
#include "rtcbot/safety/speed.hpp"

namespace rtcbot::safety {

struct Config {
  std::chrono::milliseconds dead_man{250};         ///< Stop after this time without a fresh command.
  std::chrono::milliseconds stale_command{300};    ///< Older commands are dropped and counted.
  std::chrono::milliseconds stale_picture{700};    ///< A driver with an older picture cannot drive. 0: not checked.
  std::chrono::milliseconds silent_driver{3'000};  ///< A driver without an accepted command for this time loses the
                                                   ///< lease to the next `request`.
  SpeedByLatency::Config speed{};
  /// The axes that are scaled by the speed. The others (a steering angle, an arm) are not changed.
  std::bitset<Controls::kMaxAxes> scaled_axes{0b11};
  bool starts_stopped = false;  ///< The emergency stop was latched when the program last ended.
};

/// An event for logs and records.
struct Event {
  enum class Kind {
    output,  ///< The robot started to move, stopped, or remains stopped for another reason.
    lease,   ///< The driver changed, or a viewer requests the lease.
    stop,    ///< The emergency stop was pressed or released.
    limit,   ///< The driver changed the speed limit.
    clock,   ///< A step in a page's clock.
  };
  Kind kind = Kind::output;
  std::optional<ViewerId> viewer{};  ///< The viewer that did it; empty: the robot itself.
  std::string text{};                ///< A sentence: what happened, and why.
  std::optional<ViewerId> cause{};   ///< The viewer whose message or end caused it; empty: the robot. For rate limits
                                     ///< per connection.
  bool changes_driver = false;       ///< The driver is another viewer than before, or none.

  /// True if it must be logged whatever the rate limit: the emergency stop, its release, and each change of driver.
  [[nodiscard]] bool is_decisive() const { return kind == Kind::stop || changes_driver; }

  friend bool operator==(const Event&, const Event&) = default;
};

[[nodiscard]] std::string_view name_of(Event::Kind kind);

/// Number of one viewer's commands by result.
struct CommandCounts {
  std::int64_t taken = 0;
  std::int64_t late = 0;        ///< Its number was not above the last one's.
  std::int64_t stale = 0;       ///< Too old.
  std::int64_t unclear = 0;     ///< Of unknown age.
  std::int64_t not_driver = 0;  ///< The viewer is not the driver.
};

/// A command of the driver and its result, for a record of the driver's intent.
struct CommandRecord {
  enum class Disposition {
    accepted,
    out_of_order,    ///< Its number was not above the last one's.
    stale,           ///< Too old.
    unsynchronized,  ///< Of unknown age.
    not_driver,      ///< The viewer is not the driver.
  };
  ViewerId driver{};
  Disposition disposition = Disposition::accepted;
  std::optional<double> age_ms{};          ///< On arrival; empty: unknown, or not determined.
  std::optional<double> picture_age_ms{};  ///< As the driver's page reported; empty: none.
  Controls controls{};                     ///< As requested, whatever the actuators got.

  friend bool operator==(const CommandRecord&, const CommandRecord&) = default;
};

/// The name in docs/blackbox.md, for example "taken".
[[nodiscard]] std::string_view name_of(CommandRecord::Disposition disposition);

/// Results of requests.
using Outcome = Lease::Outcome;

/// Determines the output to the actuators: the newest fresh command of the driver, or stop.
///
/// The promise: the output at `now` moves only if all of these hold. In the last `dead_man` before `now`, a command of
/// the driver was accepted that was at most `stale_command` old (as accurately as the clocks are known). The controls
/// were neutral once since the start of the lease and since the last gap in those commands. The picture that the driver
/// reports is at most `stale_picture` old. Nobody has stopped the robot. This depends only on the time passed in: no
/// timer has to run.
///
/// Pure: time and input are passed in; after each call, drain `poll_event` and `poll_command` and read `next_timeout`.
/// A time before the last one counts as the last one. Not thread-safe.
class Safety {
 public:
  explicit Safety(Config config);

  void join(Timestamp now, ViewerId viewer, bool may_drive);
  /// The connection has ended, which also ends its lease.
  void leave(Timestamp now, ViewerId viewer);

  void command(Timestamp now, ViewerId viewer, const Command& command);

  /// Latches the emergency stop immediately; any viewer may call it. Empty: the robot itself.
  void stop(Timestamp now, std::optional<ViewerId> by);
  /// As `stop`, for a repeated message, numbered like commands. A message sent before the stop was released does not
  /// stop the robot again.
  void stop_message(Timestamp now, ViewerId by, std::uint64_t number);
  /// Releases the emergency stop. The robot moves only after a viewer drives and its controls were neutral.
  Outcome release_stop(Timestamp now, std::optional<ViewerId> by);

  Outcome request(Timestamp now, ViewerId viewer);
  Outcome release_lease(Timestamp now, ViewerId viewer);
  Outcome hand_over(Timestamp now, ViewerId viewer);
  Outcome deny(Timestamp now, ViewerId viewer);
  /// The driver limits the speed to this share, 0 to 1.
  Outcome limit(Timestamp now, ViewerId viewer, double share);

  /// Sets whether the camera that the driver sees works.
  void set_camera_works(Timestamp now, bool works);
  /// The robot's own program prevents movement: a bumper, a charger. Not latched.
  void set_local_stop(Timestamp now, bool stopped);

  /// Sets whether the actuators accept outputs (`ActuatorWatch`). Stick positions at recovery are stale: requires
  /// neutral before moving.
  void set_actuators_work(Timestamp now, bool work);

  /// Advances the time to `now`, and drops an expired command.
  void handle_timeout(Timestamp now);
  /// When the output may change by time alone; `kNever` if it does not.
  [[nodiscard]] Timestamp next_timeout() const;

  /// The output as of the last call. Call `handle_timeout(now)` first to get it as of now.
  [[nodiscard]] const Output& output() const { return output_; }

  [[nodiscard]] std::optional<ViewerId> driver() const { return lease_.driver(); }
  [[nodiscard]] std::optional<ViewerId> pending_request() const { return lease_.pending_request(); }
  [[nodiscard]] bool is_stopped() const { return stopped_; }
  [[nodiscard]] std::optional<ViewerId> stopped_by() const { return stopped_by_; }
  [[nodiscard]] double limit() const { return limit_; }
  [[nodiscard]] CommandCounts counts(ViewerId viewer) const;
  /// The number of that viewer's newest accepted command; 0: none.
  [[nodiscard]] std::uint64_t newest(ViewerId viewer) const;
  /// The age of that command when it was accepted, ms; empty: there is none.
  [[nodiscard]] std::optional<double> newest_age_ms(ViewerId viewer) const;

  [[nodiscard]] std::optional<Event> poll_event();
  /// The driver's commands, oldest first; if they are not polled, only the newest are kept.
  [[nodiscard]] std::optional<CommandRecord> poll_command();

 private:
  struct Viewer {
    bool may_drive = false;
    PageClock clock{};
    std::uint64_t seen = 0;        ///< The greatest number received.
    std::uint64_t taken = 0;       ///< The greatest number accepted.
    std::uint64_t stopped_to = 0;  ///< Stop messages up to this number were sent before the stop was released.
    std::optional<double> age_ms{};
    CommandCounts counts{};
  };

  /// The driver's newest accepted command.
  struct AcceptedCommand {
    Timestamp at{};
    double age_ms = 0;  ///< On arrival.
    std::optional<double> picture_age_ms{};
    Controls controls{};
  };

  /// @param cause the viewer that causes the following events. Events from time-outs up to `now` are attributed to the
  /// driver.
  void pass(Timestamp now, std::optional<ViewerId> cause = std::nullopt);
  [[nodiscard]] StopReason why_not() const;
  /// The age of the driver's picture now; empty: none.
  [[nodiscard]] std::optional<double> picture_age_ms() const;
  [[nodiscard]] bool picture_is_stale() const;
  void settle();
  void lease_changed(std::optional<ViewerId> before, std::optional<ViewerId> by, const std::string& how);
  /// Requires neutral controls before the robot moves again.
  void disarm();
  void tell(Event::Kind kind, std::optional<ViewerId> viewer, std::string text);
  void push(Event event);
  [[nodiscard]] bool may_drive(ViewerId viewer) const;
  /// Also counts the command.
  [[nodiscard]] CommandRecord judge(ViewerId id, Viewer& viewer, const Command& command);
  void hold(Viewer& viewer, std::uint64_t number, const CommandRecord& command);

  Config config_;
  std::map<ViewerId, Viewer> viewers_;
  Lease lease_;
  SpeedByLatency speed_;
  Timestamp now_{};
  std::optional<AcceptedCommand> newest_;  ///< Empty: none since the last gap.
  bool armed_ = false;                     ///< The controls were neutral since the last gap.
  bool clocks_unknown_ = false;            ///< The age of the driver's newest command is unknown.
  bool stopped_;
  std::optional<ViewerId> stopped_by_;
  bool local_stop_ = false;
  bool camera_works_ = true;
  bool actuators_work_ = true;
  double limit_ = 1;
  Output output_;
  std::deque<Event> events_;
  std::optional<ViewerId> cause_;  ///< The cause of the present events.
  std::deque<CommandRecord> commands_;
};

}  // namespace rtcbot::safety
