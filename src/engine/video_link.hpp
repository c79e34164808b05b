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

/// One viewer's link to the shared encoder: frames come in as from any tap, pass the gate, and go out through the
/// viewer's track; the rate and the key-frame requests of the connection go the other way.
///
/// `attach`, `detach` and `prepare` on the signalling thread; the sink's functions on the source's thread; the rest on
/// any. Locks: `gate_mutex_` and `tap_mutex_` are never held together, and the tap is never called from within the
/// sink's own calls, where the source may hold locks of its own.
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

  /// The other side drives the robot from now on, or does no more. Any thread.
  void set_drives(bool drives) { drives_ = drives; }

  void prepare(VideoCodec codec) { source_->prepare(codec); }
  /// Begins to take frames, at `start` until the connection's own estimate comes. Does nothing if attached.
  void attach(VideoCodec codec, DataRate start);
  /// After it returns no frame is pushed any more and the source encodes nothing for this viewer.
  void detach();

  [[nodiscard]] bool has_room(Timestamp now) override;
  [[nodiscard]] FrameRoom room(Timestamp now) override;
  void on_frame(const EncodedFrame& frame) override;
  [[nodiscard]] ViewerRank rank() const override { return {.drives = drives_, .since = made_at_}; }

  /// The congestion controller's grant. Zero pauses.  @param is_trial see `VideoTarget`
  void set_target(DataRate rate, bool is_trial = false);
  /// What libwebrtc's own distribution of the estimate grants. Where the path drives it only pauses and resumes.
  void on_granted(DataRate rate);
  /// The other side asked for a key frame.
  void request_key_frame() { request(std::nullopt); }
  /// A frame that had passed the gate was dropped on the way through libwebrtc; only a key frame helps now. Asks for
  /// one, at most every 500 ms.
  void on_frame_lost();
  void on_frame_sent(bool key_frame);

  [[nodiscard]] const EncodedVideoSource& source() const { return *source_; }
  [[nodiscard]] Counters counters() const;

 private:
  [[nodiscard]] webrtc::VideoFrame dressed(const EncodedFrame& frame);
  /// Whether a frame may come, and until when that holds; asks for a key frame where one is due. A source that gets its
  /// answers in advance does not ask.
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
