#pragma once

#include <optional>

#include "rtcbot/base/time.hpp"
#include "rtcbot/base/units.hpp"

namespace rtcbot::congestion {

/// What the last connection found out of the path, for the next one to begin with: a page that dials again must not
/// wait for the picture to become good a second time.
///
/// Pure. Not thread-safe.
class RateMemory {
 public:
  struct Config {
    Duration fresh{120'000'000};  ///< For how long the last estimate is worth more than the configured start.
    double caution = 0.75;        ///< Share of it that is taken: the radio has moved on since.
  };

  RateMemory() : RateMemory(Config{}) {}
  explicit RateMemory(Config config) : config_(config) {}

  void remember(Timestamp now, DataRate estimate) { last_ = {now, estimate}; }

  /// The rate to begin with: from the last estimate while that is fresh, otherwise `configured`.
  [[nodiscard]] DataRate start(Timestamp now, DataRate configured) const {
    if (!last_ || now - last_->at > config_.fresh) return configured;
    return last_->estimate * config_.caution;
  }

 private:
  struct Estimate {
    Timestamp at;
    DataRate estimate;
  };

  Config config_;
  std::optional<Estimate> last_;
};

}  // namespace rtcbot::congestion
