#include "rtcbot/congestion/base_delay.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::congestion {

Duration BaseDelay::queueing(Timestamp now, Duration one_way) {
  if (!began_) began_ = now;
  if (now - *began_ >= span_) {
    min_before_ = std::exchange(min_now_, Duration::max());
    began_ = now;
  }
  min_now_ = std::min(min_now_, one_way);
  return one_way - std::min(min_now_, min_before_);
}

void BaseDelay::reset() {
  began_.reset();
  min_now_ = min_before_ = Duration::max();
}

}  // namespace rtcbot::congestion
