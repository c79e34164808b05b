#pragma once

#include "rtcbot/base/units.hpp"

namespace rtcbot::media {

/// Makes an encoder spend the bits that it was asked for: the factor for its rate, from the sizes of its frames.
///
/// With a short rate buffer an encoder leaves a fifth of its rate unused, because it keeps away from the buffer's end;
/// how much depends on the picture. The factor moves by at most 2 % a frame, so that it follows the mean over about a
/// second and a half and not single frames.  Pure; not thread-safe.
class RateCorrection {
 public:
  struct Range {
    double initial = 1.0;
    double least = 0.9;
    double most = 1.35;  ///< A quiet picture that needs no more bits must not let the next movement burst.
  };

  explicit RateCorrection(const Range& range) : range_(range), factor_(range.initial) {}

  /// @param budget what the rate pays for one frame  @param key_frame counts at most as its budget: its size has a
  /// limit of its own, and the frames after it must not pay for it
  void on_frame(DataSize size, DataSize budget, bool key_frame);

  [[nodiscard]] double factor() const { return factor_; }

 private:
  Range range_;
  double factor_;
  double spent_ = 0;   ///< Bytes, exponentially weighted.
  double budget_ = 0;  ///< Likewise.
};

}  // namespace rtcbot::media
