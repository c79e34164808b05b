#include "video_link.hpp"

#include <api/video/video_frame.h>
#include <rtc_base/ref_counted_object.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "frame_buffer.hpp"
#include "rtcbot/base/weakly.hpp"
#include "rtcbot/runtime/clock.hpp"

namespace rtcbot::engine {

namespace {

constexpr Duration kLossRequestGap = std::chrono::milliseconds(500);
/// An older capture time comes from another clock.
constexpr Duration kOldestCapture = std::chrono::seconds(10);

}  // namespace

VideoLink::VideoLink(std::shared_ptr<EncodedVideoSource> source, rtc::scoped_refptr<TrackSource> track, Post post,
                     std::shared_ptr<Path> path)
    : source_(std::move(source)),
      track_(std::move(track)),
      post_(std::move(post)),
      path_(std::move(path)),
      made_at_(runtime::now()) {}

void VideoLink::attach(VideoCodec codec, DataRate start) {
  {
    std::lock_guard lock(tap_mutex_);
    if (tap_) return;
  }
  DataRate target = start;
  path_->on_resume();
  {
    std::lock_guard lock(gate_mutex_);
    const Timestamp now = runtime::now();
    // After an interruption the connection's last rate still applies.
    if (target_ > DataRate()) target = target_;
    target_ = target;
    gate_.restart(now);
    gate_.set_rate(now, target);
    loss_request_at_.reset();
  }
  // Outside the locks: the source may call the sink immediately.
  std::unique_ptr<EncodedVideoTap> tap = source_->attach(codec, shared_from_this());
  {
    std::lock_guard lock(tap_mutex_);
    tap_ = std::move(tap);
  }
  // The rate may have changed meanwhile, while there was no tap.
  {
    std::lock_guard lock(gate_mutex_);
    target = target_;
  }
  const FrameRoom room = look(runtime::now());
  std::lock_guard lock(tap_mutex_);
  tap_->set_target({.bitrate = target, .room = room});
}

void VideoLink::detach() {
  std::unique_ptr<EncodedVideoTap> tap;
  {
    std::lock_guard lock(tap_mutex_);
    tap = std::move(tap_);
  }
  // Destroyed outside the lock: its destructor waits for calls to the sink.
}

bool VideoLink::has_room(Timestamp now) { return look(now).open; }

FrameRoom VideoLink::look(Timestamp now) {
  FrameRoom room;
  bool wanted = false;
  std::optional<Timestamp> broken_at;
  const auto path = path_->room();
  {
    std::lock_guard lock(gate_mutex_);
    room.open = gate_.has_room(now, path);
    wanted = room.open && gate_.take_key_request(now, path);
    room.until = gate_.changes_at(now, path);
    broken_at = gate_.broken_at();
  }
  if (wanted) request_soon(broken_at);
  return room;
}

FrameRoom VideoLink::room(Timestamp now) {
  const auto path = path_->room();
  std::lock_guard lock(gate_mutex_);
  return {.open = gate_.has_room(now, path), .until = gate_.changes_at(now, path)};
}

void VideoLink::on_frame(const EncodedFrame& frame) {
  std::optional<webrtc::VideoFrame> picture;
  const DataSize size = DataSize::bytes(static_cast<std::int64_t>(frame.data.size()));
  const auto path = path_->room(size);
  {
    std::lock_guard lock(gate_mutex_);
    if (gate_.admit(runtime::now(), frame.sequence, frame.key_frame, size, path)) picture = dressed(frame);
  }
  if (!picture) return;
  path_->on_frame(size);
  track_->push(*picture);
}

webrtc::VideoFrame VideoLink::dressed(const EncodedFrame& frame) {
  const Timestamp now = runtime::now();
  const bool same_clock = frame.captured_at <= now && now - frame.captured_at < kOldestCapture;
  const Timestamp captured = same_clock ? frame.captured_at : now;
  // libwebrtc drops a picture whose time in milliseconds is not later than the previous one.
  const auto captured_ms = std::chrono::duration_cast<std::chrono::milliseconds>(captured.time_since_epoch()).count();
  last_timestamp_ms_ = std::max<std::int64_t>(captured_ms, last_timestamp_ms_ + 1);
  return webrtc::VideoFrame::Builder()
      .set_video_frame_buffer(rtc::make_ref_counted<EncodedFrameBuffer>(frame, shared_from_this()))
      .set_timestamp_us(last_timestamp_ms_ * 1000)
      .build();
}

void VideoLink::on_granted(DataRate rate) {
  const bool pauses = rate == DataRate();
  {
    std::lock_guard lock(gate_mutex_);
    is_paused_ = pauses;
  }
  if (pauses || !path_->drives()) return set_target(rate);
  path_->on_interval();
}

void VideoLink::set_target(DataRate rate, bool is_probe) {
  {
    std::lock_guard lock(gate_mutex_);
    if (is_paused_) rate = DataRate();
    target_ = rate;
    gate_.set_rate(runtime::now(), rate);
  }
  const FrameRoom room = look(runtime::now());
  std::lock_guard lock(tap_mutex_);
  if (tap_) tap_->set_target({.bitrate = rate, .is_probe = is_probe, .room = room});
}

void VideoLink::request(std::optional<Timestamp> broken_at) {
  std::lock_guard lock(tap_mutex_);
  if (tap_) tap_->request_key_frame(broken_at);
}

void VideoLink::on_frame_lost() {
  {
    std::lock_guard lock(gate_mutex_);
    ++lost_inside_;
    const Timestamp now = runtime::now();
    if (loss_request_at_ && now - *loss_request_at_ < kLossRequestGap) return;
    loss_request_at_ = now;
  }
  request_key_frame();
}

void VideoLink::on_frame_sent(bool key_frame) {
  ++frames_sent_;
  if (key_frame) ++key_frames_sent_;
}

void VideoLink::request_soon(std::optional<Timestamp> broken_at) {
  post_(weakly(weak_from_this(), [broken_at](VideoLink& self) { self.request(broken_at); }));
}

VideoLink::Counters VideoLink::counters() const {
  bool leads = false;
  {
    std::lock_guard lock(tap_mutex_);
    leads = tap_ && tap_->leads();
  }
  std::lock_guard lock(gate_mutex_);
  return {.frames_sent = frames_sent_,
          .key_frames_sent = key_frames_sent_,
          .frames_dropped = gate_.stats().refused + lost_inside_,
          .target = target_,
          .leads = leads};
}

}  // namespace rtcbot::engine
