#include "pass_through_encoder.hpp"

#include <api/video/video_frame.h>
#include <modules/video_coding/include/video_codec_interface.h>
#include <modules/video_coding/include/video_error_codes.h>

#include <algorithm>

#include "frame_buffer.hpp"
#include "video_formats.hpp"

namespace rtcbot::engine {

namespace {

webrtc::CodecSpecificInfo codec_info(VideoCodec codec, bool key_frame) {
  webrtc::CodecSpecificInfo info;
  if (codec == VideoCodec::h264) {
    info.codecType = webrtc::kVideoCodecH264;
    info.codecSpecific.H264.packetization_mode = webrtc::H264PacketizationMode::NonInterleaved;
    info.codecSpecific.H264.temporal_idx = webrtc::kNoTemporalIdx;
    info.codecSpecific.H264.base_layer_sync = false;
    info.codecSpecific.H264.idr_frame = key_frame;
  } else {
    info.codecType = webrtc::kVideoCodecVP8;
    info.codecSpecific.VP8.nonReference = false;
    info.codecSpecific.VP8.temporalIdx = webrtc::kNoTemporalIdx;
    info.codecSpecific.VP8.layerSync = false;
    info.codecSpecific.VP8.keyIdx = webrtc::kNoKeyIdx;
    info.codecSpecific.VP8.useExplicitDependencies = false;
    info.codecSpecific.VP8.referencedBuffersCount = 0;
    info.codecSpecific.VP8.updatedBuffersCount = 0;
  }
  return info;
}

webrtc::EncodedImage image_of(const webrtc::VideoFrame& picture, const EncodedFrame& frame) {
  webrtc::EncodedImage image;
  image.SetEncodedData(rtc::make_ref_counted<SharedImageBuffer>(frame));
  image.SetTimestamp(picture.timestamp());
  image.ntp_time_ms_ = picture.ntp_time_ms();
  image.capture_time_ms_ = picture.render_time_ms();
  image._encodedWidth = static_cast<uint32_t>(frame.width);
  image._encodedHeight = static_cast<uint32_t>(frame.height);
  image._frameType =
      frame.key_frame ? webrtc::VideoFrameType::kVideoFrameKey : webrtc::VideoFrameType::kVideoFrameDelta;
  // Show as soon as decoded: a driver needs the newest picture, not smooth motion.
  image.playout_delay_ = {0, 0};
  return image;
}

bool asks_for_key_frame(const std::vector<webrtc::VideoFrameType>* types) {
  if (types == nullptr) return false;
  return std::find(types->begin(), types->end(), webrtc::VideoFrameType::kVideoFrameKey) != types->end();
}

class PassThroughEncoderFactory : public webrtc::VideoEncoderFactory {
 public:
  std::vector<webrtc::SdpVideoFormat> GetSupportedFormats() const override { return video_formats(); }

  std::unique_ptr<webrtc::VideoEncoder> CreateVideoEncoder(const webrtc::SdpVideoFormat& format) override {
    const std::optional<VideoCodec> codec = codec_of(format.name);
    if (!codec) return nullptr;
    return std::make_unique<PassThroughEncoder>(*codec);
  }
};

}  // namespace

int PassThroughEncoder::InitEncode(const webrtc::VideoCodec*, const Settings&) { return WEBRTC_VIDEO_CODEC_OK; }

int32_t PassThroughEncoder::RegisterEncodeCompleteCallback(webrtc::EncodedImageCallback* callback) {
  callback_ = callback;
  return WEBRTC_VIDEO_CODEC_OK;
}

int32_t PassThroughEncoder::Release() { return WEBRTC_VIDEO_CODEC_OK; }

int32_t PassThroughEncoder::Encode(const webrtc::VideoFrame& picture,
                                   const std::vector<webrtc::VideoFrameType>* types) {
  if (callback_ == nullptr) return WEBRTC_VIDEO_CODEC_UNINITIALIZED;
  // All native pictures here are ours. Others cannot be sent (earlier versions of libwebrtc made black ones).
  if (picture.video_frame_buffer()->type() != webrtc::VideoFrameBuffer::Type::kNative) return WEBRTC_VIDEO_CODEC_ERROR;
  const auto& buffer = static_cast<const EncodedFrameBuffer&>(*picture.video_frame_buffer());
  const EncodedFrame& frame = buffer.frame();
  follow(buffer.link());
  if (asks_for_key_frame(types) && !frame.key_frame) buffer.link()->request_key_frame();
  const bool decodable = frame.codec == codec_ && chain_.accept(frame.sequence, frame.key_frame);
  if (decodable && send(picture, frame)) {
    buffer.link()->on_frame_sent(frame.key_frame);
    return WEBRTC_VIDEO_CODEC_OK;
  }
  chain_.break_off();
  buffer.link()->on_frame_lost();
  callback_->OnDroppedFrame(webrtc::EncodedImageCallback::DropReason::kDroppedByEncoder);
  return WEBRTC_VIDEO_CODEC_OK;
}

void PassThroughEncoder::follow(const std::shared_ptr<VideoLink>& link) {
  if (link_.lock() == link) return;
  link_ = link;
  if (rate_) link->on_granted(*rate_);
}

bool PassThroughEncoder::send(const webrtc::VideoFrame& picture, const EncodedFrame& frame) {
  const webrtc::CodecSpecificInfo info = codec_info(codec_, frame.key_frame);
  return callback_->OnEncodedImage(image_of(picture, frame), &info).error == webrtc::EncodedImageCallback::Result::OK;
}

void PassThroughEncoder::SetRates(const RateControlParameters& parameters) {
  rate_ = DataRate::bits_per_second(parameters.bitrate.get_sum_bps());
  if (const auto link = link_.lock()) link->on_granted(*rate_);
}

webrtc::VideoEncoder::EncoderInfo PassThroughEncoder::GetEncoderInfo() const {
  EncoderInfo info;
  info.implementation_name = "shared";
  info.supports_native_handle = true;
  info.has_trusted_rate_controller = true;  // Disables libwebrtc's frame dropper: the gate decides.
  info.is_hardware_accelerated = true;      // Disables the CPU-overuse detector: nothing is encoded here.
  info.scaling_settings = ScalingSettings::kOff;
  info.supports_simulcast = false;
  info.is_qp_trusted = true;  // Otherwise libwebrtc adds rate limits by picture size, which abort on small pictures.
  return info;
}

std::unique_ptr<webrtc::VideoEncoderFactory> make_pass_through_encoder_factory() {
  return std::make_unique<PassThroughEncoderFactory>();
}

}  // namespace rtcbot::engine
