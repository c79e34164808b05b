#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "rtcbot/base/time.hpp"

namespace rtcbot::linklab {

/// Counts delays for their quantiles: to a tenth of a millisecond, up to 30 s. Bounded memory.
class Delays {
 public:
  void add(Duration delay) {
    const auto bin = std::clamp<std::int64_t>(delay.count() / kBinUs, 0, static_cast<std::int64_t>(kBins) - 1);
    ++bins_[static_cast<std::size_t>(bin)];
    ++count_;
    longest_ = std::max(longest_, delay);
  }

  /// The middle of the bin (never above the longest) in which that share (0 ... 1) of all is reached; zero without any.
  [[nodiscard]] Duration quantile(double share) const {
    const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(count_));
    std::int64_t seen = 0;
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      seen += bins_[bin];
      if (seen > wanted || (seen == count_ && count_ > 0)) {
        return std::min(Duration(static_cast<std::int64_t>(bin) * kBinUs + kBinUs / 2), longest_);
      }
    }
    return {};
  }

  [[nodiscard]] Duration longest() const { return longest_; }
  void clear() { *this = Delays(); }

 private:
  static constexpr std::int64_t kBinUs = 100;
  static constexpr std::size_t kBins = 300'000;
  std::vector<std::int32_t> bins_ = std::vector<std::int32_t>(kBins);
  std::int64_t count_ = 0;
  Duration longest_{};
};

}  // namespace rtcbot::linklab
