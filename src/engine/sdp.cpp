#include "sdp.hpp"

#include <api/rtp_parameters.h>
#include <media/base/media_constants.h>
#include <pc/session_description.h>

#include <algorithm>
#include <utility>

namespace rtcbot::engine {

namespace {

constexpr std::size_t kMaxQuote = 120;

/// The n-th word, from 0; empty if there is none.
std::string_view word(std::string_view line, int n) {
  for (; n > 0; --n) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return {};
    line.remove_prefix(space + 1);
  }
  return line.substr(0, line.find_first_of(" \r\n"));
}

/// True for an m= line of a kind other than audio, video or application. libwebrtc answers it with a description, and
/// crashes when it writes that out.
bool has_unknown_section(const webrtc::SessionDescriptionInterface& description) {
  const cricket::ContentInfos& contents = description.description()->contents();
  return std::any_of(contents.begin(), contents.end(), [](const cricket::ContentInfo& content) {
    return content.media_description() == nullptr ||
           content.media_description()->type() == cricket::MEDIA_TYPE_UNSUPPORTED;
  });
}

/// The transport that the section of this name shares with its BUNDLE group; null without one.
const cricket::TransportInfo* shared_transport(const cricket::SessionDescription& session, const std::string& name) {
  for (const cricket::ContentGroup& group : session.groups()) {
    if (group.semantics() != cricket::GROUP_TYPE_BUNDLE || !group.HasContentName(name)) continue;
    return session.GetTransportInfoByName(*group.FirstContentName());
  }
  return nullptr;
}

/// A "bundle-only" section has no transport attributes; it uses those of its group (RFC 9429 section 5.2.1). libwebrtc
/// requires them in each section: it refuses one without rtcp-mux, and rejects what follows one without a fingerprint.
void share_transports(cricket::SessionDescription& session) {
  for (cricket::ContentInfo& content : session.contents()) {
    if (!content.bundle_only) continue;
    content.media_description()->set_rtcp_mux(true);
    cricket::TransportInfo* own = session.GetTransportInfoByName(content.name);
    const cricket::TransportInfo* shared = shared_transport(session, content.name);
    if (own != nullptr && shared != nullptr && own->description.ice_ufrag.empty()) {
      own->description = shared->description;
    }
  }
}

}  // namespace

bool is_named_candidate(std::string_view line) {
  if (line.starts_with("a=")) line.remove_prefix(2);
  if (!line.starts_with("candidate:")) return false;
  // candidate:foundation component transport priority ADDRESS port typ ...  (RFC 8839 section 5.1)
  const std::string_view address = word(line, 4);
  const bool is_ipv6 = address.find(':') != std::string_view::npos;
  const bool is_ipv4 = address.find_first_not_of("0123456789.") == std::string_view::npos;
  return !is_ipv6 && !is_ipv4;
}

std::string without_named_candidates(std::string_view sdp) {
  std::string kept;
  kept.reserve(sdp.size());
  while (!sdp.empty()) {
    const std::size_t end = sdp.find('\n');
    const std::string_view line = sdp.substr(0, end == std::string_view::npos ? sdp.size() : end + 1);
    if (!is_named_candidate(line)) kept.append(line);
    sdp.remove_prefix(line.size());
  }
  return kept;
}

Result<std::unique_ptr<webrtc::SessionDescriptionInterface>> parse_description(const Description& description,
                                                                               Errc code) {
  const webrtc::SdpType type =
      description.type == Description::Type::offer ? webrtc::SdpType::kOffer : webrtc::SdpType::kAnswer;
  webrtc::SdpParseError error;
  auto parsed = webrtc::CreateSessionDescription(type, without_named_candidates(description.sdp), &error);
  if (parsed && has_unknown_section(*parsed)) {
    return fail(code, "the SDP has an m= line of another kind than audio, video and application");
  }
  if (parsed) {
    share_transports(*parsed->description());
    return parsed;
  }
  const std::string quote = error.line.substr(0, kMaxQuote);
  return fail(code, "the SDP does not parse at the line '" + quote + "': " + error.description);
}

namespace {

/// True if `holds` is true for the video that an answer accepts.
template <class Condition>
bool video_satisfies(const webrtc::SessionDescriptionInterface& answer, Condition holds) {
  const auto& contents = answer.description()->contents();
  return std::any_of(contents.begin(), contents.end(), [&](const cricket::ContentInfo& content) {
    const auto* video = content.rejected ? nullptr : content.media_description()->as_video();
    return video != nullptr && holds(*video);
  });
}

}  // namespace

bool reports_on_packets(const webrtc::SessionDescriptionInterface& answer) {
  return video_satisfies(answer, [](const cricket::VideoContentDescription& video) {
    const auto& codecs = video.codecs();
    const auto& extensions = video.rtp_header_extensions();
    const cricket::FeedbackParam reports(cricket::kRtcpFbParamTransportCc);
    return std::any_of(codecs.begin(), codecs.end(),
                       [&](const auto& codec) { return codec.HasFeedbackParam(reports); }) &&
           std::any_of(extensions.begin(), extensions.end(), [](const webrtc::RtpExtension& extension) {
             return extension.uri == webrtc::RtpExtension::kTransportSequenceNumberUri;
           });
  });
}

bool takes_repair_packets(const webrtc::SessionDescriptionInterface& answer) {
  return video_satisfies(answer, [](const cricket::VideoContentDescription& video) {
    const auto& codecs = video.codecs();
    return std::any_of(codecs.begin(), codecs.end(),
                       [](const auto& codec) { return codec.name == cricket::kFlexfecCodecName; });
  });
}

}  // namespace rtcbot::engine
