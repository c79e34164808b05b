#include "rtcbot/congestion/frame_chain.hpp"

namespace rtcbot::congestion {

bool FrameChain::accept(std::int64_t sequence, bool key_frame) {
  if (!key_frame && (!last_ || sequence != *last_ + 1)) {
    last_.reset();
    return false;
  }
  last_ = sequence;
  return true;
}

}  // namespace rtcbot::congestion
