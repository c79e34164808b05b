#include "rtcbot/congestion/key_frame_request_limiter.hpp"

#include <algorithm>
#include <utility>

namespace rtcbot::congestion {

void KeyFrameRequestLimiter::request(Timestamp now, bool leads, std::optional<Timestamp> broken_at) {
  wanted_ = true;
  if (leads) {
    gap_ = kMinGap;
    judged_ = true;
  }
  if (judged_ || now - *made_at_ < kOnItsWay) return;
  judged_ = true;
  const bool broke_soon = broken_at.value_or(now) - *made_at_ < kSoon;
  gap_ = broke_soon ? std::min(2 * gap_, kMaxGap) : kMinGap;
}

bool KeyFrameRequestLimiter::due(Timestamp now, bool leads) const {
  if (!wanted_ || !made_at_) return wanted_;
  if (leads) return now - *made_at_ >= kLeadersGap;
  return now - *made_at_ >= (judged_ ? gap_ : kMinGap);
}

void KeyFrameRequestLimiter::made(Timestamp now) {
  wanted_ = false;
  judged_ = false;
  made_at_ = now;
}

}  // namespace rtcbot::congestion
