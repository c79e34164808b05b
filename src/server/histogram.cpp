#include "histogram.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace rtcbot::server {

void DurationHistogram::observe(Duration took) {
  const double seconds = std::max(0.0, std::chrono::duration<double>(took).count());
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  if (bound != kBounds.end()) ++counts_.at(static_cast<std::size_t>(bound - kBounds.begin()));
  ++count_;
  sum_ += seconds;
}

std::int64_t DurationHistogram::at_most(std::size_t bound) const {
  return std::accumulate(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(bound) + 1, std::int64_t{0});
}

}  // namespace rtcbot::server
