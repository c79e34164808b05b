#pragma once

#include <gst/gst.h>

#include <string>
#include <string_view>

namespace rtcbot::media {

/// The Debian packages that have a decoder for GStreamer's media type, for example "video/x-h265". Pure.
[[nodiscard]] std::string_view decoder_package(std::string_view media_type);

/// What is missing, and the package that has it, if that is what `message` says ("missing-plugin"); else empty.
[[nodiscard]] std::string missing_plugin(GstMessage* message);

/// Whether it is an RTSP camera's error that none of its streams could be taken.
[[nodiscard]] bool is_without_stream(GstMessage* error);

/// An error of a capture's pipeline as a sentence: what an RTSP camera's means first, then GStreamer's own words.
/// Without passwords.
/// @param missing what `missing_plugin` has found out before; told where the error is that
[[nodiscard]] std::string fault_of(GstMessage* error, const std::string& missing);

}  // namespace rtcbot::media
