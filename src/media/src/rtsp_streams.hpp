#pragma once

#include <gst/gst.h>

#include <functional>
#include <string>

namespace rtcbot::media {

/// Makes an rtspsrc request only the camera's first video stream. Sound and metadata would load the camera's network,
/// and the first of them could be taken for the picture.
/// For a camera without video, rtspsrc either fails without a stream, or ends its pads with none selected.
/// @param on_none called, on GStreamer's thread, if the pads end and no stream was selected
/// @return a function that is true if a video stream was selected so far; for any thread, even after the element is
/// gone
[[nodiscard]] std::function<bool()> take_video_alone(GstElement* rtspsrc, std::function<void()> on_none);

}  // namespace rtcbot::media
