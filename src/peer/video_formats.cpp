#include "video_formats.hpp"

#include <absl/strings/match.h>
#include <media/base/media_constants.h>
#include <pc/session_description.h>

#include <algorithm>

namespace rtcbot::peer {

namespace {

/// Lower is preferred. Takes both of libwebrtc's types for a codec.
template <class Codec>
int rank_of(const Codec& codec) {
  const std::optional<VideoCodec> known = codec_of(codec.name);
  if (!known) return 2;
  return *known == VideoCodec::h264 ? 0 : 1;
}

template <class Codec>
std::vector<Codec> ordered(const std::vector<Codec>& available, const EncodedVideoSource& source) {
  std::vector<Codec> chosen;
  for (const Codec& codec : available) {
    const std::optional<VideoCodec> known = codec_of(codec.name);
    if (!known || source.can_encode(*known)) chosen.push_back(codec);
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const Codec& a, const Codec& b) { return rank_of(a) < rank_of(b); });
  return chosen;
}

/// Retransmission for a codec that is not there any more is an error to libwebrtc.
void drop_orphans(std::vector<cricket::VideoCodec>& codecs) {
  const std::vector<cricket::VideoCodec> all = codecs;
  std::erase_if(codecs, [&](const cricket::VideoCodec& codec) {
    int of = 0;
    if (!codec.GetParam(cricket::kCodecParamAssociatedPayloadType, &of)) return false;
    return std::none_of(all.begin(), all.end(), [of](const auto& other) { return other.id == of; });
  });
}

}  // namespace

std::vector<webrtc::SdpVideoFormat> video_formats() {
  const auto h264 = [](const char* profile_level_id) {
    return webrtc::SdpVideoFormat(
        "H264", {{"level-asymmetry-allowed", "1"}, {"packetization-mode", "1"}, {"profile-level-id", profile_level_id}});
  };
  return {h264("42e01f"), h264("42001f"), webrtc::SdpVideoFormat("VP8")};
}

std::optional<VideoCodec> codec_of(std::string_view sdp_name) {
  const absl::string_view name(sdp_name.data(), sdp_name.size());
  if (absl::EqualsIgnoreCase(name, "H264")) return VideoCodec::h264;
  if (absl::EqualsIgnoreCase(name, "VP8")) return VideoCodec::vp8;
  return std::nullopt;
}

std::vector<webrtc::RtpCodecCapability> preferred_codecs(const std::vector<webrtc::RtpCodecCapability>& available,
                                                         const EncodedVideoSource& source) {
  return ordered(available, source);
}

void order_codecs(webrtc::SessionDescriptionInterface& offer, const EncodedVideoSource& source) {
  for (cricket::ContentInfo& content : offer.description()->contents()) {
    cricket::MediaContentDescription* media = content.media_description();
    cricket::VideoContentDescription* video = media != nullptr ? media->as_video() : nullptr;
    if (video == nullptr) continue;
    std::vector<cricket::VideoCodec> codecs = ordered(video->codecs(), source);
    drop_orphans(codecs);
    video->set_codecs(codecs);
  }
}

}  // namespace rtcbot::peer
