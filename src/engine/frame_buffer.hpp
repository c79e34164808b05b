#pragma once

#include <api/video/encoded_image.h>
#include <api/video/video_frame_buffer.h>

#include <memory>
#include <utility>

#include "rtcbot/flow/encoded_video.hpp"
#include "webrtc_build.hpp"

namespace rtcbot::engine {

class VideoLink;

/// An encoded frame on its way from the shared encoder to a connection's own `VideoEncoder`, in the form of a native
/// picture that libwebrtc expects there. Also carries the link of its viewer, because libwebrtc creates encoders
/// without naming the connection.
class EncodedFrameBuffer : public webrtc::VideoFrameBuffer {
 public:
  EncodedFrameBuffer(EncodedFrame frame, std::shared_ptr<VideoLink> link)
      : frame_(std::move(frame)), link_(std::move(link)) {}

  [[nodiscard]] const EncodedFrame& frame() const { return frame_; }
  [[nodiscard]] const std::shared_ptr<VideoLink>& link() const { return link_; }

  Type type() const override { return Type::kNative; }
  int width() const override { return frame_.width; }
  int height() const override { return frame_.height; }
  /// Never called, because our encoder takes native pictures. There are no pixels here, so the result is black.
  rtc::scoped_refptr<webrtc::I420BufferInterface> ToI420() override;

 private:
  EncodedFrame frame_;
  std::shared_ptr<VideoLink> link_;
};

/// The bytes of an encoded frame for libwebrtc, without a copy.
class SharedImageBuffer : public webrtc::EncodedImageBufferInterface {
 public:
  explicit SharedImageBuffer(EncodedFrame frame) : frame_(std::move(frame)) {}

  const uint8_t* data() const override { return frame_.data.data(); }
  /// libwebrtc calls this only for a frame transformer or an encryptor, and we set neither. All viewers share the
  /// bytes, so they must not be written.
  uint8_t* data() override { return const_cast<uint8_t*>(frame_.data.data()); }
  size_t size() const override { return frame_.data.size(); }

 private:
  EncodedFrame frame_;
};

}  // namespace rtcbot::engine
