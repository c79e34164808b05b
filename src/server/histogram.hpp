#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtcbot/base/time.hpp"

namespace rtcbot::server {

/// Durations in the form of a Prometheus histogram: counts up to each bound, and the sum. Not thread-safe.
class DurationHistogram {
 public:
  /// Upper bounds in seconds, ascending; longer durations count only in `count`.
  static constexpr std::array<double, 12> kBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25};

  void observe(Duration took);

  /// The number of durations up to that bound.
  [[nodiscard]] std::int64_t at_most(std::size_t bound) const;
  [[nodiscard]] std::int64_t count() const { return count_; }
  [[nodiscard]] double sum_seconds() const { return sum_; }

 private:
  std::array<std::int64_t, kBounds.size()> counts_{};
  std::int64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace rtcbot::server
