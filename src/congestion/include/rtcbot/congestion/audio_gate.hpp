#pragma once

#include <chrono>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Decides whether sound may be sent beside the picture. On a link that cannot carry both, the picture is what stays.
///
/// Pure: no clock. Not thread-safe.
class AudioGate {
 public:
  struct Config {
    DataRate least_video = DataRate::kilobits_per_second(150);  ///< What the picture is never given less than.
    DataRate audio = DataRate::kilobits_per_second(40);         ///< What sound takes, headers included.
    Duration calm = std::chrono::seconds(2);  ///< The link must have room for so long before sound comes back.
  };

  explicit AudioGate(Config config) : config_(config) {}

  /// Whether sound may be sent now.  @pre `now` is not before any earlier one.
  /// @param estimate what the link carries  @param stalled nothing is heard of what was sent
  bool admit(Timestamp now, DataRate estimate, bool stalled) {
    const auto both = config_.least_video.bits_per_second() + config_.audio.bits_per_second() * (is_open_ ? 1 : 2);
    const bool has_room = !stalled && estimate.bits_per_second() >= both;
    if (!has_room) {
      is_open_ = false;
      calm_since_.reset();
    } else if (!is_open_) {
      if (!calm_since_) calm_since_ = now;
      is_open_ = now - *calm_since_ >= config_.calm;
    }
    return is_open_;
  }

 private:
  Config config_;
  bool is_open_ = true;
  std::optional<Timestamp> calm_since_;
};

}  // namespace rtcbot::congestion
