#pragma once

#include <gst/gst.h>

#include <functional>
#include <string>

namespace rtcbot::media {

/// Has an rtspsrc ask its camera for the first video stream alone: sound and metadata would cost the camera's network,
/// and whichever of them comes first would be taken for the picture.
/// A camera without video either makes rtspsrc fail, for want of a stream, or has its pads end with none taken.
/// @param on_none called, on GStreamer's thread, where the pads end and none was taken
/// @return whether a video stream was taken so far; for any thread, also when the element is gone
[[nodiscard]] std::function<bool()> take_video_alone(GstElement* rtspsrc, std::function<void()> on_none);

}  // namespace rtcbot::media
