#pragma once

#include <chrono>
#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// Decides whether audio may be sent in addition to video. If the link cannot carry both, video has priority.
class AudioGate {
 public:
  struct Config {
    DataRate min_video = DataRate::kilobits_per_second(150);  ///< Rate that the video always keeps.
    DataRate audio = DataRate::kilobits_per_second(40);       ///< Rate of the audio, headers included.
    Duration calm = std::chrono::seconds(2);  ///< The link must have room for this long before audio resumes.
  };

  explicit AudioGate(Config config) : config_(config) {}

  /// Returns true if audio may be sent now.  @pre `now` is not before any earlier one.
  /// @param estimate rate that the link carries  @param stalled no reports arrive for sent packets
  bool admit(Timestamp now, DataRate estimate, bool stalled) {
    const auto both = config_.min_video.bits_per_second() + config_.audio.bits_per_second() * (is_open_ ? 1 : 2);
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
