#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

#include "path.hpp"
#include "rtcbot/congestion/frame_gate.hpp"
#include "rtcbot/flow/encoded_video.hpp"
#include "track_source.hpp"

namespace rtcbot::engine {

/// One viewer's link to the shared encoder. Frames come in as from any tap, pass the gate, and go out through the
/// viewer's track. The connection's rate and key-frame requests go in the other direction.
///
/// `attach`, `detach` and `prepare` run on the signalling thread, the sink's functions on the source's thread, the rest
/// on any thread. Locks: `gate_mutex_` and `tap_mutex_` are never held together. The tap is never called inside the
/// sink's own calls, where the source may hold its own locks.
class VideoLink : public EncodedFrameSink, public std::enable_shared_from_this<VideoLink> {
 public:
  struct Counters {
    std::int64_t frames_sent = 0;
    std::int64_t key_frames_sent = 0;
    std::int64_t frames_dropped = 0;
    DataRate target;
    bool leads = false;
  };

  /// Runs a task soon, on another thread than the caller's.
  using Post = std::function<void(std::function<void()>)>;

  VideoLink(std::shared_ptr<EncodedVideoSource> source, rtc::scoped_refptr<TrackSource> track, Post post,
            std::shared_ptr<Path> path);

  /// Sets whether the other side drives the robot. Any thread.
  void set_drives(bool drives) { drives_ = drives; }

  void prepare(VideoCodec codec) { source_->prepare(codec); }
  /// Starts to take frames, with the rate `start` until the connection has its own estimate. Has no effect if attached.
  void attach(VideoCodec codec, DataRate start);
  /// After this returns no frame is pushed and the source encodes nothing for this viewer.
  void detach();

  [[nodiscard]] bool has_room(Timestamp now) override;
  [[nodiscard]] FrameRoom room(Timestamp now) override;
  void on_frame(const EncodedFrame& frame) override;
  [[nodiscard]] ViewerPriority priority() const override { return {.drives = drives_, .since = made_at_}; }

  /// Sets the congestion controller's rate. Zero pauses.  @param is_probe see `VideoTarget`
  void set_target(DataRate rate, bool is_probe = false);
  /// The rate from libwebrtc's own distribution of the estimate. If the path is in control, it only pauses and resumes.
  void on_granted(DataRate rate);
  /// The other side requested a key frame.
  void request_key_frame() { request(std::nullopt); }
  /// A frame that had passed the gate was dropped inside libwebrtc, so decoding needs a key frame. Requests one, at
  /// most every 500 ms.
  void on_frame_lost();
  void on_frame_sent(bool key_frame);

  [[nodiscard]] const EncodedVideoSource& source() const { return *source_; }
  [[nodiscard]] Counters counters() const;

 private:
  [[nodiscard]] webrtc::VideoFrame dressed(const EncodedFrame& frame);
  /// Returns whether a frame may come, and how long that holds. Requests a key frame if one is due, because a source
  /// that gets answers in advance does not ask again.
  FrameRoom look(Timestamp now);
  void request_soon(std::optional<Timestamp> broken_at);
  void request(std::optional<Timestamp> broken_at);

  const std::shared_ptr<EncodedVideoSource> source_;
  const rtc::scoped_refptr<TrackSource> track_;
  const Post post_;
  const std::shared_ptr<Path> path_;
  const Timestamp made_at_;
  std::atomic<bool> drives_{false};

  mutable std::mutex gate_mutex_;
  congestion::FrameGate gate_;
  DataRate target_;
  bool is_paused_ = false;
  std::int64_t last_timestamp_ms_ = 0;
  std::optional<Timestamp> loss_request_at_;
  std::int64_t lost_inside_ = 0;

  mutable std::mutex tap_mutex_;
  std::unique_ptr<EncodedVideoTap> tap_;

  std::atomic<std::int64_t> frames_sent_{0};
  std::atomic<std::int64_t> key_frames_sent_{0};
};

}  // namespace rtcbot::engine
