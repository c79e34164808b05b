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
  std::chrono::milliseconds dead_man{250};         ///< Without a fresh command for so long: stop.
  std::chrono::milliseconds stale_command{300};    ///< An older command is dropped and counted.
  std::chrono::milliseconds stale_picture{700};    ///< A driver who sees an older picture cannot drive. 0: not asked.
  std::chrono::milliseconds silent_driver{3'000};  ///< Of whom nothing was taken for so long: need not be asked.
  SpeedByLatency::Config speed{};
  /// The axes that the speed scales; the others (a steering angle, an arm) are let through as they are.
  std::bitset<Controls::kMostAxes> scaled_axes{0b11};
  bool starts_stopped = false;  ///< The emergency stop was latched when the program ended.
};

/// Something happened that one may ask about afterwards.
struct Event {
  enum class Kind {
    output,  ///< The robot began to move, or to stand, or stands for another reason.
    lease,   ///< Another driver, or somebody asks.
    stop,    ///< The emergency stop was pressed or released.
    limit,   ///< The driver's limit of the speed.
    clock,   ///< A page's clock was moved.
  };
  Kind kind = Kind::output;
  std::optional<ViewerId> viewer{};  ///< Who did it; empty: the robot itself.
  std::string text{};                ///< A sentence: what, and why.
  std::optional<ViewerId> cause{};   ///< Whose message or end caused it; empty: the robot. For limits per connection.
  bool changes_driver = false;       ///< Another viewer drives than before, or none.

  /// Whether it must stay readable whatever else is logged: the emergency stop, its release, and each change of driver.
  [[nodiscard]] bool is_decisive() const { return kind == Kind::stop || changes_driver; }

  friend bool operator==(const Event&, const Event&) = default;
};

[[nodiscard]] std::string_view name_of(Event::Kind kind);

/// What of one viewer was not obeyed, since it came.
struct CommandCounts {
  std::int64_t taken = 0;
  std::int64_t late = 0;        ///< Its number was not greater than the last.
  std::int64_t stale = 0;       ///< Too old.
  std::int64_t unclear = 0;     ///< It is not known how old.
  std::int64_t not_driver = 0;  ///< Of one who does not drive, or may not.
};

/// A command of the driver's, and what became of it: for a record of what was wanted.
struct JudgedCommand {
  enum class Verdict {
    taken,
    late,        ///< Its number was not greater than the last.
    stale,       ///< Too old.
    unclear,     ///< It is not known how old.
    not_driver,  ///< Of one who does not drive, or may not.
  };
  ViewerId driver{};
  Verdict verdict = Verdict::taken;
  std::optional<double> age_ms{};          ///< When it came; empty: not known, or not asked.
  std::optional<double> picture_age_ms{};  ///< Of what the driver said to see; empty: none.
  Controls controls{};                     ///< As wanted, whatever the actuators got.

  friend bool operator==(const JudgedCommand&, const JudgedCommand&) = default;
};

/// As in docs/blackbox.md: "taken".
[[nodiscard]] std::string_view name_of(JudgedCommand::Verdict verdict);

/// Answers of requests.
using Outcome = Lease::Outcome;

/// What the actuators are told: the newest fresh command of the one who drives, or stop.
///
/// The promise: `output(now)` moves only if, in the last `dead_man` before `now`, a command of the driver's was taken
/// that was made at most `stale_command` ago (by as much as the clocks are known); if since the last gap in those
/// commands, and since the lease, the controls have been neutral once; if the driver says that their picture is at most
/// `stale_picture` old; and if nobody has stopped the robot. It asks nobody, and no timer has to have run: the time
/// alone decides.
///
/// Pure: told the time and what came; after each call, drain `poll_event` and `poll_command` and ask `next_timeout`. A
/// time before the last one counts as the last one. Not thread-safe.
class Safety {
 public:
  explicit Safety(Config config);

  void join(Timestamp now, ViewerId viewer, bool may_drive);
  /// The connection has ended, and the lease with it.
  void leave(Timestamp now, ViewerId viewer);

  void command(Timestamp now, ViewerId viewer, const Command& command);

  /// The emergency stop; empty: the robot's own. Latched at once, whoever asks.
  void stop(Timestamp now, std::optional<ViewerId> by);
  /// The same from a repeated message, numbered like commands: what was under way when the stop was released does not
  /// stop again.
  void stop_message(Timestamp now, ViewerId by, std::uint64_t number);
  /// Ends it. Nothing moves before somebody drives and has been neutral.
  Outcome release(Timestamp now, std::optional<ViewerId> by);

  Outcome take(Timestamp now, ViewerId viewer);
  Outcome give(Timestamp now, ViewerId viewer);
  Outcome grant(Timestamp now, ViewerId viewer);
  Outcome refuse(Timestamp now, ViewerId viewer);
  /// 0 to 1: the driver wants no more than this share of the speed.
  Outcome limit(Timestamp now, ViewerId viewer, double share);

  /// Whether the camera that the driver looks at works.
  void set_camera_works(Timestamp now, bool works);
  /// The robot's own program forbids to move: a bumper, a charger. Not latched.
  void set_local_stop(Timestamp now, bool stopped);

  /// Whether what should move takes outputs (`ActuatorWatch`). What the sticks say by the time it does again was meant
  /// for another moment, so the controls have to be let go of first.
  void set_actuators_work(Timestamp now, bool work);

  /// Passes `now`: what ran out has run out.
  void handle_timeout(Timestamp now);
  /// When the output changes by itself; kNever.
  [[nodiscard]] Timestamp next_timeout() const;

  /// What the actuators get as of the last call. Call `handle_timeout(now)` first to have it as of now.
  [[nodiscard]] const Output& output() const { return output_; }

  [[nodiscard]] std::optional<ViewerId> driver() const { return lease_.driver(); }
  [[nodiscard]] std::optional<ViewerId> asking() const { return lease_.asking(); }
  [[nodiscard]] bool is_stopped() const { return stopped_; }
  [[nodiscard]] std::optional<ViewerId> stopped_by() const { return stopped_by_; }
  [[nodiscard]] double limit() const { return limit_; }
  [[nodiscard]] CommandCounts counts(ViewerId viewer) const;
  /// The number of the newest command of that viewer's that was taken; 0: none.
  [[nodiscard]] std::uint64_t newest(ViewerId viewer) const;
  /// How old that command was when it was taken, ms; empty: none was.
  [[nodiscard]] std::optional<double> newest_age_ms(ViewerId viewer) const;

  [[nodiscard]] std::optional<Event> poll_event();
  /// The driver's commands, oldest first; of those that nobody asks for the newest are kept.
  [[nodiscard]] std::optional<JudgedCommand> poll_command();

 private:
  struct Viewer {
    bool may_drive = false;
    PageClock clock{};
    std::uint64_t seen = 0;        ///< The greatest number, taken or not.
    std::uint64_t taken = 0;       ///< The greatest number that was taken.
    std::uint64_t stopped_to = 0;  ///< Stops up to this number were dealt with when the stop was released.
    std::optional<double> age_ms{};
    CommandCounts counts{};
  };

  /// The driver's newest command.
  struct Held {
    Timestamp at{};
    double age_ms = 0;  ///< When it was taken.
    std::optional<double> picture_age_ms{};
    Controls controls{};
  };

  /// @param cause who is charged for what follows; what ran out by `now` is charged to the driver.
  void pass(Timestamp now, std::optional<ViewerId> cause = std::nullopt);
  [[nodiscard]] StopReason why_not() const;
  /// The age of the picture that the driver sees, now; empty: none.
  [[nodiscard]] std::optional<double> picture_age_ms() const;
  [[nodiscard]] bool picture_is_stale() const;
  void settle();
  void lease_changed(std::optional<ViewerId> before, std::optional<ViewerId> by, const std::string& how);
  /// The controls must be let go of before anything moves.
  void disarm();
  void tell(Event::Kind kind, std::optional<ViewerId> viewer, std::string text);
  void push(Event event);
  [[nodiscard]] bool may_drive(ViewerId viewer) const;
  /// Counts it, too.
  [[nodiscard]] JudgedCommand judge(ViewerId id, Viewer& viewer, const Command& command);
  void hold(Viewer& viewer, std::uint64_t number, const JudgedCommand& command);

  Config config_;
  std::map<ViewerId, Viewer> viewers_;
  Lease lease_;
  SpeedByLatency speed_;
  Timestamp now_{};
  std::optional<Held> held_;     ///< Empty: none since the last gap.
  bool armed_ = false;           ///< The controls have been neutral since the last gap.
  bool clocks_unknown_ = false;  ///< The driver's newest command came, and could not be dated.
  bool stopped_;
  std::optional<ViewerId> stopped_by_;
  bool local_stop_ = false;
  bool camera_works_ = true;
  bool actuators_work_ = true;
  double limit_ = 1;
  Output output_;
  std::deque<Event> events_;
  std::optional<ViewerId> cause_;  ///< Of the events that are told now.
  std::deque<JudgedCommand> commands_;
};

}  // namespace rtcbot::safety
