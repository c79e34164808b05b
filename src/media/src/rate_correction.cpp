#include "rate_correction.hpp"

#include <algorithm>

namespace rtcbot::media {
namespace {

constexpr double kMemory = 1 - 1.0 / 30;  ///< Of the sums, a frame.
constexpr double kStep = 0.02;            ///< Of the factor, a frame, for each whole rate that is missing.

}  // namespace

void RateCorrection::on_frame(DataSize size, DataSize budget, bool key_frame) {
  if (budget <= DataSize()) return;
  const DataSize counted = key_frame ? std::min(size, budget) : size;
  spent_ = spent_ * kMemory + static_cast<double>(counted.bytes());
  budget_ = budget_ * kMemory + static_cast<double>(budget.bytes());
  const double missing = std::clamp(1 - spent_ / budget_, -1.0, 1.0);
  factor_ = std::clamp(factor_ * (1 + kStep * missing), range_.least, range_.most);
}

}  // namespace rtcbot::media
