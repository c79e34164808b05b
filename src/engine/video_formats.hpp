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

/// What the encoders of the media room may produce, best first: H.264 constrained baseline and baseline with
/// packetization-mode 1, then VP8.
[[nodiscard]] std::vector<webrtc::SdpVideoFormat> video_formats();

/// "H264" or "VP8", in any case, as the codec it means; nothing for others.
[[nodiscard]] std::optional<VideoCodec> codec_of(std::string_view sdp_name);

/// The sender's capabilities in the order in which we want them in an answer: H.264, VP8, then retransmission and
/// repair. Codecs that the source has no encoder for are left out.
[[nodiscard]] std::vector<webrtc::RtpCodecCapability> preferred_codecs(
    const std::vector<webrtc::RtpCodecCapability>& available, const EncodedVideoSource& source);

/// Puts the video codecs of an offer into our order and leaves out those the source cannot encode (null: nothing is to
/// be sent, so none). libwebrtc sends what stands first in the offer, whatever stands first in its own answer.
///
/// A section with no codec that both sides know is marked as rejected: libwebrtc would refuse the whole offer for it.
/// Returns whether there is such a section.
bool order_codecs(webrtc::SessionDescriptionInterface& offer, const EncodedVideoSource* source);

/// The names of the formats that the source can encode, best first, with spaces between: "H264 VP8".
[[nodiscard]] std::string format_names(const EncodedVideoSource& source);

/// Writes into an answer that refuses the video which formats there are, for the page to say so: as the session
/// attribute `x-rtcbot-formats`, which other peers ignore (RFC 8866 section 5.13).
void add_formats(std::string& answer, const std::string& names);

}  // namespace rtcbot::engine
