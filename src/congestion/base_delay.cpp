#include "rtcbot/congestion/base_delay.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::congestion {

Duration BaseDelay::queueing(Timestamp now, Duration one_way) {
  if (!began_) began_ = now;
  if (now - *began_ >= span_) {
    least_before_ = std::exchange(least_now_, Duration::max());
    began_ = now;
  }
  least_now_ = std::min(least_now_, one_way);
  return one_way - std::min(least_now_, least_before_);
}

void BaseDelay::reset() {
  began_.reset();
  least_now_ = least_before_ = Duration::max();
}

}  // namespace rtcbot::congestion
