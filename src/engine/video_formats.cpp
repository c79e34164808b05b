#include "video_formats.hpp"

#include <absl/strings/match.h>
#include <media/base/media_constants.h>
#include <pc/session_description.h>

#include <algorithm>
#include <map>
#include <string>

namespace rtcbot::engine {

namespace {

const std::map<std::string, std::string>& parameters_of(const cricket::VideoCodec& codec) { return codec.params; }
const std::map<std::string, std::string>& parameters_of(const webrtc::RtpCodecCapability& codec) {
  return codec.parameters;
}

template <class Codec>
bool is_constrained_baseline(const Codec& codec) {
  const auto found = parameters_of(codec).find(cricket::kH264FmtpProfileLevelId);
  return found != parameters_of(codec).end() && absl::StartsWithIgnoreCase(found->second, "42e0");
}

/// Lower is preferred. For both of libwebrtc's codec types.
template <class Codec>
int rank_of(const Codec& codec) {
  const std::optional<VideoCodec> known = codec_of(codec.name);
  if (!known) return 3;
  if (*known == VideoCodec::vp8) return 2;
  return is_constrained_baseline(codec) ? 0 : 1;
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

/// Removes retransmission for codecs that were removed, which libwebrtc treats as an error.
void drop_orphans(std::vector<cricket::VideoCodec>& codecs) {
  const std::vector<cricket::VideoCodec> all = codecs;
  std::erase_if(codecs, [&](const cricket::VideoCodec& codec) {
    int of = 0;
    if (!codec.GetParam(cricket::kCodecParamAssociatedPayloadType, &of)) return false;
    return std::none_of(all.begin(), all.end(), [of](const auto& other) { return other.id == of; });
  });
}

bool is_known(const cricket::VideoCodec& codec) {
  return webrtc::SdpVideoFormat(codec.name, codec.params).IsCodecInList(video_formats());
}

void leave_bundle(cricket::SessionDescription& description, const std::vector<std::string>& names) {
  const cricket::ContentGroup* found = description.GetGroupByName(cricket::GROUP_TYPE_BUNDLE);
  if (found == nullptr || names.empty()) return;
  cricket::ContentGroup rest = *found;
  for (const std::string& name : names) rest.RemoveContentName(name);
  description.RemoveGroupByName(cricket::GROUP_TYPE_BUNDLE);
  if (rest.FirstContentName() != nullptr) description.AddGroup(rest);
}

}  // namespace

std::vector<webrtc::SdpVideoFormat> video_formats() {
  const auto h264 = [](const char* profile_level_id) {
    return webrtc::SdpVideoFormat(
        "H264",
        {{"level-asymmetry-allowed", "1"}, {"packetization-mode", "1"}, {"profile-level-id", profile_level_id}});
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

bool order_codecs(webrtc::SessionDescriptionInterface& offer, const EncodedVideoSource* source) {
  std::vector<std::string> refused;
  for (cricket::ContentInfo& content : offer.description()->contents()) {
    cricket::MediaContentDescription* media = content.media_description();
    cricket::VideoContentDescription* video = media != nullptr ? media->as_video() : nullptr;
    if (video == nullptr || content.rejected) continue;
    std::vector<cricket::VideoCodec> codecs = video->codecs();
    if (source != nullptr) codecs = ordered(codecs, *source);
    drop_orphans(codecs);
    video->set_codecs(codecs);
    content.rejected = std::none_of(codecs.begin(), codecs.end(), is_known);
    if (content.rejected) refused.push_back(content.name);
  }
  leave_bundle(*offer.description(), refused);
  return !refused.empty();
}

std::string format_names(const EncodedVideoSource& source) {
  std::string names;
  for (const VideoCodec codec : {VideoCodec::h264, VideoCodec::vp8}) {
    if (source.can_encode(codec)) names.append(names.empty() ? "" : " ").append(name_of(codec));
  }
  return names;
}

void add_formats(std::string& answer, const std::string& names) {
  // Before the first media section, so that it applies to the session.
  const auto place = answer.find("\r\nm=");
  if (place != std::string::npos) answer.insert(place + 2, "a=x-rtcbot-formats:" + names + "\r\n");
}

}  // namespace rtcbot::engine
