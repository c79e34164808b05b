#pragma once

#include <api/jsep.h>
#include <api/rtp_parameters.h>
#include <api/video_codecs/sdp_video_format.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtcbot/flow/encoded_video.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// The formats of the media room's encoders, best first: H.264 constrained baseline and baseline with
/// packetization-mode 1, then VP8.
[[nodiscard]] std::vector<webrtc::SdpVideoFormat> video_formats();

/// The codec for "H264" or "VP8", in any case; nothing for other names.
[[nodiscard]] std::optional<VideoCodec> codec_of(std::string_view sdp_name);

/// The sender's capabilities in the order for our answer: H.264, VP8, then retransmission and repair. Omits codecs that
/// the source cannot encode.
[[nodiscard]] std::vector<webrtc::RtpCodecCapability> preferred_codecs(
    const std::vector<webrtc::RtpCodecCapability>& available, const EncodedVideoSource& source);

/// Puts the video codecs of an offer into our order and removes those that the source cannot encode (null: all, because
/// no video is sent). libwebrtc sends the first codec of the offer, whatever is first in its own answer.
///
/// Marks a section without a common codec as rejected; otherwise libwebrtc would refuse the whole offer.
/// Returns true if there is such a section.
bool order_codecs(webrtc::SessionDescriptionInterface& offer, const EncodedVideoSource* source);

/// The names of the formats that the source can encode, best first, separated by spaces: "H264 VP8".
[[nodiscard]] std::string format_names(const EncodedVideoSource& source);

/// Adds the available formats to an answer that refuses the video, so that the page can show them: as the session
/// attribute `x-rtcbot-formats`, which other peers ignore (RFC 8866 section 5.13).
void add_formats(std::string& answer, const std::string& names);

}  // namespace rtcbot::engine
