#pragma once

#include <functional>
#include <vector>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"
#include "rtcbot/congestion/path_controller.hpp"
#include "rtcbot/linklab/link_config.hpp"

namespace rtcbot::scenarios {

/// What sends and what receives: a camera whose encoder hits its target up to some noise, a pacer, and a receiver that
/// reports as Chromium does. The path between them is a `linklab::Link` each way.
struct CallConfig {
  linklab::LinkConfig up;  ///< From robot to page.
  Duration return_delay = std::chrono::milliseconds(20);
  Duration length = std::chrono::seconds(60);
  congestion::PathController::Config controller{};
  congestion::PathController::Limits limits{};
  Duration report_interval = std::chrono::milliseconds(50);
  Duration encode_time = std::chrono::milliseconds(8);
  double busy = 1.0;  ///< What the encoder makes of its rate: below 1, a quiet picture.
  std::uint64_t seed = 7;
  /// When the robot's address changes: what is on its way then is lost, and the delay may be another one.
  std::vector<Duration> route_changes{};
};

/// One frame that arrived whole.
struct Shown {
  Timestamp captured_at;
  Timestamp arrived_at;
  bool in_stall = false;  ///< Created during a stall.
  [[nodiscard]] Duration delay() const { return arrived_at - captured_at; }
};

/// The result of the call. Times count from its start.
struct CallResult {
  std::vector<Shown> shown;
  std::vector<std::pair<Timestamp, DataRate>> estimates;  ///< Every 50 ms.
  DataSize delivered;
  DataSize capacity;
  Duration length{};
  DataSize longest_queue;

  /// Share of what the link could have carried, or of `cap` if that is less.
  [[nodiscard]] double use(DataRate cap) const;
  /// Of the frames' network delay; `share` as 0.95.
  [[nodiscard]] Duration delay(double share, Duration from = {}, Duration to = Duration::max()) const;
  [[nodiscard]] DataRate delivered_rate() const { return delivered / length; }
  /// Time without a new frame, counted where it is longer than 200 ms.
  [[nodiscard]] Duration frozen() const;
  /// The first frame that was captured after `t`, and its arrival, as time since `t`; `Duration::max()` if none.
  [[nodiscard]] Duration until_fresh_frame(Duration t) const;
  /// From `t` until the estimate is within (at least / at most) `rate`.
  [[nodiscard]] Duration until_estimate(Duration t, const std::function<bool(DataRate)>& is_there) const;
};

/// Runs the call in virtual time. Deterministic.
[[nodiscard]] CallResult run_call(const CallConfig& config);

}  // namespace rtcbot::scenarios
