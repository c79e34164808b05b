#pragma once

#include <memory>
#include <vector>

#include "rtcbot/blackbox/black_box.hpp"
#include "rtcbot/media/camera.hpp"

namespace rtcbot::blackbox {

/// Records the frames that viewers get, while somebody watches. It needs no encoder of its own, and changes nothing for
/// viewers except a key frame when a file begins.
class VideoRecord {
 public:
  /// `box` and `camera` must outlive this object.
  VideoRecord(BlackBox& box, media::Camera& camera);
  VideoRecord(const VideoRecord&) = delete;
  VideoRecord& operator=(const VideoRecord&) = delete;

 private:
  class Listener;
  std::vector<std::unique_ptr<EncodedVideoTap>> taps_;
};

}  // namespace rtcbot::blackbox
