#pragma once

#include <media/base/video_broadcaster.h>
#include <pc/video_track_source.h>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// The video track's source: passes frames on, never scales or drops them.
class TrackSource : public webrtc::VideoTrackSource {
 public:
  TrackSource() : VideoTrackSource(/*remote=*/false) {}

  /// On one thread at a time.
  void push(const webrtc::VideoFrame& frame) { broadcaster_.OnFrame(frame); }

  bool is_screencast() const override { return false; }
  absl::optional<bool> needs_denoising() const override { return false; }

 protected:
  rtc::VideoSourceInterface<webrtc::VideoFrame>* source() override { return &broadcaster_; }

 private:
  rtc::VideoBroadcaster broadcaster_;
};

}  // namespace rtcbot::engine
