#include "video_formats.hpp"

#include <absl/strings/match.h>

#include <algorithm>

namespace rtcbot::peer {

namespace {

/// Lower is preferred.
int rank_of(const webrtc::RtpCodecCapability& codec) {
  const std::optional<VideoCodec> known = codec_of(codec.name);
  if (!known) return 2;
  return *known == VideoCodec::h264 ? 0 : 1;
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
  std::vector<webrtc::RtpCodecCapability> chosen;
  for (const webrtc::RtpCodecCapability& codec : available) {
    const std::optional<VideoCodec> known = codec_of(codec.name);
    if (!known || source.can_encode(*known)) chosen.push_back(codec);
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const auto& a, const auto& b) { return rank_of(a) < rank_of(b); });
  return chosen;
}

}  // namespace rtcbot::peer
