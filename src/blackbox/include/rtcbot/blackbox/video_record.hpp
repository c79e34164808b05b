#pragma once

#include <memory>
#include <vector>

#include "rtcbot/blackbox/black_box.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::blackbox {

/// Records what viewers are shown, for as long as somebody watches: the very frames, so it costs no encoder and changes
/// nothing for them, but for a key frame when a file begins.
class VideoRecord {
 public:
  /// Both must outlive this.
  VideoRecord(BlackBox& box, media::Camera& camera);
  VideoRecord(const VideoRecord&) = delete;
  VideoRecord& operator=(const VideoRecord&) = delete;

 private:
  class Listener;
  std::vector<std::unique_ptr<EncodedVideoTap>> taps_;
};

}  // namespace rtcbot::blackbox
