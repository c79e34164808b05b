#pragma once

#include <gst/gst.h>

#include <string>
#include <string_view>

namespace rtcbot::media {

/// The Debian packages with a decoder for GStreamer's media type, for example "video/x-h265". Pure.
[[nodiscard]] std::string_view decoder_package(std::string_view media_type);

/// The missing plugin and its package if `message` reports a missing plugin ("missing-plugin"); otherwise empty.
[[nodiscard]] std::string missing_plugin(GstMessage* message);

/// True if `error` is an RTSP camera's error that none of its streams was selected.
[[nodiscard]] bool is_without_stream(GstMessage* error);

/// The sentence for an error of a capture pipeline: for RTSP cameras the meaning first, then GStreamer's text. Without
/// passwords.
/// @param missing the result of `missing_plugin` before this error; used if the error is about that
[[nodiscard]] std::string fault_of(GstMessage* error, const std::string& missing);

}  // namespace rtcbot::media
