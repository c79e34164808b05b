#pragma once

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// What is kept in reserve for fades, as radio links are planned with a margin for theirs.
///
/// A radio that fades carries a tenth of its rate for a third of a second, and does so again a few seconds later. The
/// frame that is under way then keeps the picture still until all of it is through: as long as it is large. So after a
/// fade frames are no larger than what its rate carries in a time that nobody minds, and grow again as the fade is
/// forgotten. A link that is slow for seconds does not fade, it is slow: the estimate follows that.
///
/// Pure. Not thread-safe.
class FadeMargin {
 public:
  struct Config {
    Duration longest_frame{70'000};  ///< A frame passes in this at the rate of the fade.
    double forgetting = 0.12;        ///< The remembered rate rises by this share of itself per second...
    double forgetting_slow = 1.0;    ///< ... and by this, while the link is free, where it was slow rather than fading.
    double depth = 0.6;              ///< A fade is below this share of what was usual ...
    Duration usual_over{3'000'000};  ///< ... which is an average over about this.
    /// Frames of less than this wait for the radio, not for their own size.
    DataRate least = DataRate::kilobits_per_second(900);
  };

  FadeMargin() : FadeMargin(Config{}) {}
  explicit FadeMargin(Config config) : config_(config) {}

  /// @param elapsed since the last call.
  /// @param delivered what arrived of late; what the link can carry, if it was `busy` all the time.
  void on_report(Duration elapsed, DataRate delivered, bool busy);

  /// The most for an encoder that makes so many frames a second.
  [[nodiscard]] DataRate limit(double frame_rate) const;

 private:
  Config config_;
  DataRate lowest_;  ///< Of lately. Zero: nothing known.
  DataRate usual_;
  bool fades_ = false;
};

}  // namespace rtcbot::congestion
