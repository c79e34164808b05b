#include "video_sender.hpp"

#include <pc/rtp_media_utils.h>
#include <rtc_base/ref_counted_object.h>

#include <string>
#include <utility>

#include "transceiver_of.hpp"
#include "video_formats.hpp"

namespace rtcbot::engine {

namespace {

Error refusal_of(const char* what, const webrtc::RTCError& error) {
  return Error(Errc::internal, std::string(what) + ": " + error.message());
}

}  // namespace

Result<VideoSender> VideoSender::add_to(webrtc::PeerConnectionInterface& connection,
                                        webrtc::PeerConnectionFactoryInterface& factory,
                                        std::shared_ptr<EncodedVideoSource> source, VideoLink::Post post,
                                        std::shared_ptr<Path> path) {
  auto codecs = preferred_codecs(factory.GetRtpSenderCapabilities(cricket::MEDIA_TYPE_VIDEO).codecs, *source);
  if (codecs.empty() || !codec_of(codecs.front().name)) {
    return fail(Errc::no_encoder, "this source can encode neither H264 nor VP8; install a GStreamer encoder for one");
  }
  const auto track_source = rtc::make_ref_counted<TrackSource>();
  const auto track = factory.CreateVideoTrack("video", track_source.get());
  // AddTrack, not AddTransceiver: only such a track takes over an m-line of an offer (RFC 8829 section 5.10).
  const auto sender = connection.AddTrack(track, {"rtcbot"});
  if (!sender.ok()) return fail(refusal_of("the video track was refused", sender.error()));
  auto transceiver = transceiver_of(connection, *sender.value());
  if (!transceiver) return fail(Errc::internal, "the video track has no transceiver");
  for (const webrtc::RTCError& done : {transceiver->SetDirectionWithError(webrtc::RtpTransceiverDirection::kSendOnly),
                                       transceiver->SetCodecPreferences(codecs)}) {
    if (!done.ok()) return fail(refusal_of("the video codecs were refused", done));
  }
  auto link = std::make_shared<VideoLink>(std::move(source), track_source, std::move(post), path);
  path->listen([weak = std::weak_ptr(link)](DataRate rate, bool is_probe) {
    if (const auto alive = weak.lock()) alive->set_target(rate, is_probe);
  });
  return VideoSender(std::move(transceiver), std::move(link));
}

void VideoSender::on_negotiated(const PeerConfig& config) {
  const auto direction = transceiver_->current_direction();
  if (!direction || !webrtc::RtpTransceiverDirectionHasSend(*direction)) return;
  const auto codecs = transceiver_->sender()->GetParameters().codecs;
  if (codecs.empty()) return;
  codec_ = codec_of(codecs.front().name);
  if (!codec_) return;
  limit_bitrate(config);
  link_->prepare(*codec_);
}

void VideoSender::limit_bitrate(const PeerConfig& config) {
  webrtc::RtpParameters parameters = transceiver_->sender()->GetParameters();
  // The shared encoder decides on size and frame rate for all its viewers.
  parameters.degradation_preference = webrtc::DegradationPreference::DISABLED;
  for (webrtc::RtpEncodingParameters& encoding : parameters.encodings) {
    encoding.min_bitrate_bps = static_cast<int>(config.min_bitrate.bits_per_second());
    encoding.max_bitrate_bps = static_cast<int>(config.max_bitrate.bits_per_second());
  }
  // Refused only for values that `make_peer` has already refused.
  transceiver_->sender()->SetParameters(parameters);
}

void VideoSender::start(const PeerConfig& config) {
  if (codec_) link_->attach(*codec_, config.start_bitrate);
}

}  // namespace rtcbot::engine
