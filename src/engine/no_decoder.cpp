#include "no_decoder.hpp"

#include <api/video_codecs/video_decoder.h>

#include <vector>

#include "video_formats.hpp"

namespace rtcbot::engine {

namespace {

class NoDecoderFactory : public webrtc::VideoDecoderFactory {
 public:
  std::vector<webrtc::SdpVideoFormat> GetSupportedFormats() const override { return video_formats(); }
  std::unique_ptr<webrtc::VideoDecoder> CreateVideoDecoder(const webrtc::SdpVideoFormat&) override { return nullptr; }
};

}  // namespace

std::unique_ptr<webrtc::VideoDecoderFactory> make_no_decoder_factory() { return std::make_unique<NoDecoderFactory>(); }

}  // namespace rtcbot::engine
