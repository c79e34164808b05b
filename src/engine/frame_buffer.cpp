#include "frame_buffer.hpp"

#include <api/video/i420_buffer.h>

namespace rtcbot::engine {

rtc::scoped_refptr<webrtc::I420BufferInterface> EncodedFrameBuffer::ToI420() {
  rtc::scoped_refptr<webrtc::I420Buffer> black = webrtc::I420Buffer::Create(frame_.width, frame_.height);
  webrtc::I420Buffer::SetBlack(black.get());
  return black;
}

}  // namespace rtcbot::engine
