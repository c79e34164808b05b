#include "rtcbot/blackbox/video_record.hpp"

#include <chrono>
#include <mutex>

namespace rtcbot::blackbox {

/// Receives one codec of the camera.
class VideoRecord::Listener final : public EncodedFrameSink {
 public:
  explicit Listener(BlackBox& box) : box_(box) {}

  bool has_room(Timestamp) override { return true; }

  void on_frame(const EncodedFrame& frame) override {
    box_.put_frame(frame);
    if (frame.key_frame || !box_.wants_key_frame() || frame.captured_at < ask_at_) return;
    // Asks again only after a key frame had time to be encoded and written.
    ask_at_ = frame.captured_at + std::chrono::seconds(2);
    const std::lock_guard lock(mutex_);
    if (tap_ != nullptr) tap_->request_key_frame();
  }

  void set_tap(EncodedVideoTap* tap) {
    const std::lock_guard lock(mutex_);
    tap_ = tap;
  }

 private:
  BlackBox& box_;
  Timestamp ask_at_{};  // used only by the encoder's thread
  std::mutex mutex_;
  EncodedVideoTap* tap_ = nullptr;
};

VideoRecord::VideoRecord(BlackBox& box, media::Camera& camera) {
  for (const auto codec : {VideoCodec::h264, VideoCodec::vp8}) {
    const auto listener = std::make_shared<Listener>(box);
    taps_.push_back(camera.listen(codec, listener));
    listener->set_tap(taps_.back().get());
  }
}

}  // namespace rtcbot::blackbox
