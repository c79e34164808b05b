#pragma once

#include <api/video_codecs/video_encoder.h>
#include <api/video_codecs/video_encoder_factory.h>

#include <memory>

#include "rtcbot/congestion/frame_chain.hpp"
#include "rtcbot/flow/encoded_video.hpp"
#include "video_link.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

/// The video encoder of a connection, as libwebrtc sees it. Encodes nothing: unwraps the shared encoder's frame and
/// passes it on. Rates and key-frame requests go back through the frame's `VideoLink`.
///
/// Used only on the connection's encoder queue.
class PassThroughEncoder : public webrtc::VideoEncoder {
 public:
  explicit PassThroughEncoder(VideoCodec codec) : codec_(codec) {}

  int InitEncode(const webrtc::VideoCodec* settings, const Settings& limits) override;
  int32_t RegisterEncodeCompleteCallback(webrtc::EncodedImageCallback* callback) override;
  int32_t Release() override;
  int32_t Encode(const webrtc::VideoFrame& frame, const std::vector<webrtc::VideoFrameType>* types) override;
  void SetRates(const RateControlParameters& parameters) override;
  EncoderInfo GetEncoderInfo() const override;

 private:
  void follow(const std::shared_ptr<VideoLink>& link);
  bool send(const webrtc::VideoFrame& picture, const EncodedFrame& frame);

  const VideoCodec codec_;
  webrtc::EncodedImageCallback* callback_ = nullptr;
  std::weak_ptr<VideoLink> link_;  ///< The link that owns this encoder; known from the first frame on.
  std::optional<DataRate> rate_;   ///< Set before the first frame came.
  congestion::FrameChain chain_;   ///< Detects gaps: libwebrtc may drop pictures before the encoder.
};

/// Creates `PassThroughEncoder`s for `video_formats()`.
[[nodiscard]] std::unique_ptr<webrtc::VideoEncoderFactory> make_pass_through_encoder_factory();

}  // namespace rtcbot::engine
