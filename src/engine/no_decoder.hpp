#pragma once

#include <api/video_codecs/video_decoder_factory.h>

#include <memory>

#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// A decoder factory for a side that never receives video. It lists the codecs, because libwebrtc refuses codec
/// preferences that it cannot receive. It creates no decoder, because each of our tracks is send-only.
[[nodiscard]] std::unique_ptr<webrtc::VideoDecoderFactory> make_no_decoder_factory();

}  // namespace rtcbot::engine
