#pragma once

#include <memory>
#include <mutex>
#include <optional>

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

  bool ask_for_room(Timestamp now) {
    const std::lock_guard lock(call);
    return !detached && sink->has_room(now);
  }
  void give(const EncodedFrame& frame) {
    const std::lock_guard lock(call);
    if (!detached) sink->on_frame(frame);
  }
};

}  // namespace rtcbot::media
