#pragma once

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Limits the frame size by a reserve for fades, like the fade margin of a radio link.
///
/// A fading radio carries a tenth of its rate for a third of a second, and does so again a few seconds later. The frame
/// in transit then freezes the picture until all of it has arrived, for longer the larger it is. So after a fade,
/// frames are no larger than its rate carries in an unnoticeable time, and grow again slowly. A link that is slow for
/// seconds does not fade; the estimate follows it.
class FadeMargin {
 public:
  struct Config {
    Duration longest_frame{70'000};  ///< Maximum time to transmit a frame at the rate of the fade.
    double forgetting = 0.12;        ///< The remembered rate grows by this share per second...
    double forgetting_slow = 1.0;    ///< ... or by this, while the link is idle and was slow rather than fading.
    double depth = 0.6;              ///< A rate below this share of the usual rate is a fade ...
    Duration usual_over{3'000'000};  ///< ... where the usual rate is averaged over about this time.
    /// Frames below this rate are delayed by the radio, not by their own size.
    DataRate least = DataRate::kilobits_per_second(900);
  };

  FadeMargin() : FadeMargin(Config{}) {}
  explicit FadeMargin(Config config) : config_(config) {}

  /// Records a report.
  /// @param elapsed since the last call.
  /// @param delivered the recent delivery rate; equals the link's capacity if the link was `busy` all the time.
  void on_report(Duration elapsed, DataRate delivered, bool busy);

  /// The maximum rate for an encoder with that many frames per second.
  [[nodiscard]] DataRate limit(double frame_rate) const;

 private:
  Config config_;
  DataRate lowest_;  ///< The recent minimum. Zero: unknown.
  DataRate usual_;
  bool fades_ = false;
};

}  // namespace rtcbot::congestion
