#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "rtcbot/congestion/key_frame_request_limiter.hpp"
#include "shared_encoder.hpp"

namespace rtcbot::media {

/// One viewer of a shared encoder.
struct SharedEncoder::Tap {
  std::shared_ptr<EncodedFrameSink> sink;
  std::mutex call;        // held while the sink is called
  bool detached = false;  // guarded by call
  // The rest is guarded by SharedEncoder::mutex_.
  std::optional<VideoTarget> target;
  bool joining = true;
  Timestamp last_room_at{};
  ViewerPriority priority{};
  bool listens = false;  // a listener: has no influence
  congestion::KeyFrameRequestLimiter key_frame;

  Answer ask(Timestamp now) {
    const std::lock_guard lock(call);
    if (detached) return {};
    return {.has_room = sink->has_room(now), .priority = sink->priority()};
  }
  void give(const EncodedFrame& frame) {
    const std::lock_guard lock(call);
    if (!detached) sink->on_frame(frame);
  }
};

}  // namespace rtcbot::media
