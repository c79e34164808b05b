#pragma once

#include <optional>
#include <vector>

#include "rtcbot/linklab/link_config.hpp"

namespace rtcbot::linklab {

/// What a link can carry, and when: the rate or the trace, its steps, its outages, and what commands made of them.
///
/// Time is cut into stretches during which nothing changes; what happens at the very instant of a change belongs to
/// the stretch before it. Not thread-safe.
class Capacity {
 public:
  /// A time in which the rate, or the lap of the trace, stays as it is.
  struct Stretch {
    Timestamp begin{};
    bool by_trace = false;
    Timestamp trace_zero{};  ///< When the trace's first lap began.
    DataRate rate;           ///< Without a trace; scaled.
    bool out = false;        ///< An outage: nothing passes.
    DataSize before;         ///< What the link could have carried until `begin`.
    friend bool operator==(const Stretch&, const Stretch&) = default;
  };

  /// @pre `validate(config)` has a value.
  Capacity(const LinkConfig& config, Timestamp start);

  /// As it is after the last `enter`.
  [[nodiscard]] const Stretch& current() const { return stretches_.back(); }
  /// Zero in an outage; the mean with a trace.
  [[nodiscard]] DataRate rate() const;
  /// The first instant after `now` at which the capacity changes without a command; `kNever` if none.
  [[nodiscard]] Timestamp next_change(Timestamp now) const;
  /// Lets what is due at `now` happen. What a beginning outage does to the queue; none when none begins now.
  std::optional<OutageQueue> enter(Timestamp now);

  /// The first opportunity after `now`.  @pre the current stretch is by trace.
  [[nodiscard]] Timestamp next_opportunity(Timestamp now) const;
  /// Bytes of the opportunities in (from, to] of the current stretch.  @pre it is by trace.
  [[nodiscard]] DataSize opportunities(Timestamp from, Timestamp to) const;

  /// Bytes that could have passed in (from, to]; each stretch rounded down.  @pre from <= to, both entered already.
  [[nodiscard]] DataSize between(Timestamp from, Timestamp to) const { return until(to) - until(from); }

  /// From now on this rate, in place of the trace and of all steps to come.
  void set_rate(Timestamp now, DataRate rate);
  void begin_outage(Timestamp now, Duration length);
  /// Ends all outages of this moment.
  void end_outage(Timestamp now);
  /// Restarts trace, steps and planned outages at `now`; returns as `enter`.
  std::optional<OutageQueue> restart(Timestamp now);

 private:
  struct Interval {
    Timestamp from{};
    Timestamp to{};
    OutageQueue queue = OutageQueue::hold;
  };

  void plan(Timestamp start);
  [[nodiscard]] bool is_out(Timestamp now) const;
  [[nodiscard]] DataRate scaled(DataRate rate) const { return rate * scale_; }
  [[nodiscard]] DataSize passes(const Stretch& stretch, Timestamp to) const;
  [[nodiscard]] DataSize until(Timestamp to) const;
  void push(Timestamp now, Stretch next);

  std::optional<Trace> trace_;  ///< Stays, for what was carried by it, when a command ends it.
  bool by_trace_;
  DataRate rate_;
  double scale_;
  DataSize opportunity_;
  std::vector<RateStep> planned_steps_;
  std::vector<Outage> planned_outages_;
  std::vector<Interval> outages_;  ///< Those that are not over.
  Timestamp start_{};
  std::size_t next_step_ = 0;
  std::vector<Stretch> stretches_;  ///< Never empty; one for each change, which are few.
};

}  // namespace rtcbot::linklab
