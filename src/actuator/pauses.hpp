#pragma once

#include <algorithm>
#include <chrono>

namespace rtcbot::actuator {

/// The pause before the next attempt: doubles each time, up to a limit. A value; pure.
class Pauses {
 public:
  using milliseconds = std::chrono::milliseconds;
  Pauses(milliseconds first, milliseconds longest) : first_(first), longest_(longest), next_(first) {}
  [[nodiscard]] milliseconds next() {
    const auto pause = next_;
    next_ = std::min(longest_, 2 * next_);
    return pause;
  }
  void went_well() { next_ = first_; }

 private:
  milliseconds first_, longest_, next_;
};

}  // namespace rtcbot::actuator
