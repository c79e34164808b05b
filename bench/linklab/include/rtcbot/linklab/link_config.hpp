#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rtcbot/base/result.hpp"
#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/linklab/trace.hpp"

namespace rtcbot::linklab {

/// From `at` (since the link's start) on, the rate is this.
struct RateStep {
  Duration at{};
  DataRate rate;
  friend bool operator==(const RateStep&, const RateStep&) = default;
};

/// Loss that comes in bursts. A packet is lost with the probability of the state it meets; then the state may change.
///
/// Source: Gilbert 1960, Elliott 1963. Mean length of a stay in "bad": 1 / bad_to_good packets; share of packets that
/// meet it: good_to_bad / (good_to_bad + bad_to_good). All between 0 and 1. Without bursts: `loss_in_good` alone.
struct GilbertElliott {
  double good_to_bad = 0;
  double bad_to_good = 1;
  double loss_in_good = 0;
  double loss_in_bad = 1;

  /// In the long run, 0 ... 1.
  [[nodiscard]] double mean_loss() const;
  friend bool operator==(const GilbertElliott&, const GilbertElliott&) = default;
};

/// A packet is held back with this probability, by this much, behind the queue: those after it overtake it.
struct Reordering {
  double probability = 0;
  Duration extra_delay{};
  friend bool operator==(const Reordering&, const Reordering&) = default;
};

/// What becomes of the queue when an outage begins. What comes during the outage is queued in either case.
enum class OutageQueue {
  hold,  ///< It waits for the end, as in a modem that searches for its cell.
  drop,  ///< It is emptied, as by a modem that loses its bearer. The packet on the air is lost, too.
};

/// A time (since the link's start) during which nothing is served. What is past the queue arrives nonetheless.
struct Outage {
  Duration from{};
  Duration length{};
  OutageQueue queue = OutageQueue::hold;
  friend bool operator==(const Outage&, const Outage&) = default;
};

/// One direction of a link.
struct LinkConfig {
  std::optional<Trace> trace;                           ///< Where the opportunities come from; without one, `rate`.
  DataRate rate = DataRate::kilobits_per_second(5000);  ///< Without a trace. Zero: nothing passes.
  double rate_scale = 1;                                ///< Multiplies rates, steps and a trace's opportunities.
  std::vector<RateStep> steps;                          ///< Ascending in time. The first one ends a trace.
  Duration delay = std::chrono::milliseconds(20);       ///< One way, after the queue.
  DataSize queue_limit = DataSize::bytes(1'000'000);    ///< Drop-tail; the packet being served counts as a whole.
  GilbertElliott loss;                                  ///< Before the queue: what is lost takes no capacity.
  Reordering reordering;
  std::vector<Outage> outages;   ///< In any order; may overlap.
  std::uint64_t seed = 1;        ///< Of loss and reordering.
  bool plan_at_restart = false;  ///< Steps and outages count from the first `Link::restart` and are not there before.
};

/// Errors: `bad_config`, with what is out of its range.
[[nodiscard]] Result<void> validate(const LinkConfig& config);

}  // namespace rtcbot::linklab
