#include "hosted_video.hpp"

#include <utility>

#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine_host {
namespace {

/// A smaller change of the forecast is not sent.
constexpr Duration kForecastStep = std::chrono::milliseconds(5);

bool is_news(const VideoTarget& target, const VideoTarget& reported) {
  VideoTarget same_until = target;
  same_until.room.until = reported.room.until;
  if (same_until != reported) return true;
  const bool both = target.room.until != kNever && reported.room.until != kNever;
  if (!both) return target.room.until != reported.room.until;
  const Duration moved = target.room.until - reported.room.until;
  return moved > kForecastStep || -moved > kForecastStep;
}

}  // namespace

class HostedVideo::Tap : public EncodedVideoTap {
 public:
  explicit Tap(std::shared_ptr<HostedVideo> video) : video_(std::move(video)) {}
  ~Tap() override { video_->detach(); }
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  void request_key_frame(std::optional<Timestamp> broken_at) override {
    video_->outbox_.send(ipc::RequestKeyFrame{.peer = video_->peer_, .broken_at = broken_at});
  }
  void set_target(VideoTarget target) override { video_->set_target(target); }
  /// The robot knows the answer, and fills it into the statistics itself.
  [[nodiscard]] bool leads() const override { return false; }

 private:
  const std::shared_ptr<HostedVideo> video_;
};

std::unique_ptr<EncodedVideoTap> HostedVideo::attach(VideoCodec codec, std::shared_ptr<EncodedFrameSink> sink) {
  const FrameRoom room = sink->room(runtime::now());
  std::uint32_t attachment = 0;
  {
    const std::lock_guard delivering(delivering_);
    sink_ = std::move(sink);
    const std::lock_guard lock(mutex_);
    attachment = ++attachment_;
    target_ = reported_ = {.room = room};
  }
  outbox_.send(ipc::AttachVideo{.peer = peer_, .attachment = attachment, .codec = codec, .room = room});
  return std::make_unique<Tap>(shared_from_this());
}

void HostedVideo::detach() {
  {
    const std::lock_guard delivering(delivering_);
    sink_ = nullptr;
  }
  outbox_.send(ipc::DetachVideo{.peer = peer_});
}

void HostedVideo::on_frame(const ipc::VideoFrame& frame, const ipc::MessageBytes& bytes) {
  const std::lock_guard delivering(delivering_);
  VideoTarget target;
  {
    const std::lock_guard lock(mutex_);
    if (!sink_ || frame.attachment != attachment_) return;
    target = target_;
  }
  sink_->on_frame({.owner = bytes.owner,
                   .data = frame.data,
                   .codec = frame.codec,
                   .key_frame = frame.key_frame,
                   .width = frame.width,
                   .height = frame.height,
                   .sequence = frame.sequence,
                   .captured_at = frame.captured_at});
  target.room = sink_->room(runtime::now());
  report(target);
}

void HostedVideo::set_target(const VideoTarget& target) {
  {
    const std::lock_guard lock(mutex_);
    target_ = target;
  }
  report(target);
}

void HostedVideo::report(const VideoTarget& target) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_news(target, reported_)) return;
    reported_ = target;
  }
  outbox_.send(ipc::VideoFlow{.peer = peer_, .target = target});
}

}  // namespace rtcbot::engine_host
