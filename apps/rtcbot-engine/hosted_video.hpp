#pragma once

#include <memory>
#include <mutex>

#include "outbox.hpp"
#include "rtcbot/flow/encoded_video.hpp"
#include "rtcbot/ipc/splitter.hpp"

namespace rtcbot::engine_host {

/// The robot's camera, as the engine sees it: frames arrive as messages, a viewer's requests go back as events. One
/// object for each viewer. Thread-safe.
class HostedVideo : public EncodedVideoSource, public std::enable_shared_from_this<HostedVideo> {
 public:
  HostedVideo(ipc::PeerId peer, ipc::SetupVideo codecs, Outbox outbox)
      : peer_(peer), codecs_(codecs), outbox_(std::move(outbox)) {}

  [[nodiscard]] bool can_encode(VideoCodec codec) const override {
    return codec == VideoCodec::h264 ? codecs_.h264 : codecs_.vp8;
  }
  void prepare(VideoCodec codec) override { outbox_.send(ipc::PrepareVideo{.peer = peer_, .codec = codec}); }
  [[nodiscard]] std::unique_ptr<EncodedVideoTap> attach(VideoCodec codec,
                                                        std::shared_ptr<EncodedFrameSink> sink) override;

  /// `bytes` owns the data that `frame.data` views.
  void on_frame(const ipc::VideoFrame& frame, const ipc::MessageBytes& bytes);

 private:
  class Tap;
  void detach();
  void set_target(const VideoTarget& target);
  void report(const VideoTarget& target);

  const ipc::PeerId peer_;
  const ipc::SetupVideo codecs_;
  const Outbox outbox_;

  std::mutex delivering_;                   ///< Held during a call of the sink, so that `detach` can wait for it.
  std::shared_ptr<EncodedFrameSink> sink_;  ///< Under `delivering_`.

  std::mutex mutex_;  ///< Guards the members below.
  std::uint32_t attachment_ = 0;
  VideoTarget target_;
  VideoTarget reported_;
};

}  // namespace rtcbot::engine_host
